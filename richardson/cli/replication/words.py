"""What the columns of the tables of a package mean: words, unit, type."""

TEXT, WHOLE, NUMBER = "text", "whole number", "number, ten digits"
Words = dict[str, tuple[str, str, str]]

MISSING = {
    "state": "the run ended before this time, or failed; see outcome",
    "record": "not defined for this member, as a crossing that never came, or the run failed; see outcome",
    "measure": "not defined for this member, as the equilibrium of one that escapes, or it was not analysed; see outcome",
    "list": "the window holds none, or the member was not analysed; see outcome",
    "table": "not defined",
}
SUMMARIES: dict[str, Words] = {
    "ends": {
        "outcome": ("how runs ended; coded as in runs.csv", "1", TEXT),
        "members": ("how many runs ended so", "1", WHOLE),
        "share": ("their share of all members", "1", NUMBER),
    },
    "spread": {
        "quantity": ("a state at the end of the run, a record, or a measure", "1", TEXT),
        "least": ("its least value over all members that have one", "that of the quantity in runs.csv", NUMBER),
        "median": ("its median over them", "that of the quantity in runs.csv", NUMBER),
        "greatest": ("its greatest value over them", "that of the quantity in runs.csv", NUMBER),
        "undefined": ("members that have none", "1", WHOLE),
    },
    "words": {
        "measure": ("a column of runs.csv that holds words", "1", TEXT),
        "word": ("what stands there; none: nothing does", "1", TEXT),
        "members": ("how many members have it", "1", WHOLE),
        "share": ("their share of all members", "1", NUMBER),
    },
    "accuracy": {
        "member": ("a member that ran again at a hundredth of the tolerances, numbered from 0 as in runs.csv", "1", WHOLE),
        "error": ("largest difference of any state, relative to the state; empty where the two ended otherwise", "1", NUMBER),
    },
}
ANALYSES: dict[str, Words] = {
    "rn.sensitivity": {
        "outcome": ("the outcome that is explained", "1", TEXT),
        "index": ("which index: of Sobol' first, total and second order; of Morris, PAWN and delta theirs", "1", TEXT),
        "input": ("the input of the design, a pair of them, or one that does nothing, by which the others are judged", "1", TEXT),
        "value": ("the index", "1; of Morris that of the outcome", NUMBER),
        "lower": ("lower end of its interval, from resampled blocks", "as value", NUMBER),
        "upper": ("upper end of its interval", "as value", NUMBER),
    },
    "rn.discover": {
        "box": ("number of the box, from 1 up", "1", WHOLE),
        "name": ("column of the design that it limits", "1", TEXT),
        "low": ("lower limit, included; -inf where it is open", "that of the column", NUMBER),
        "high": ("upper limit, included; inf where it is open", "that of the column", NUMBER),
        "quasi_p_low": ("probability that the box would hold as many cases of interest if its lower limit made no difference", "1", NUMBER),
        "quasi_p_high": ("the same of its upper limit", "1", NUMBER),
        "coverage": ("share of all cases of interest that the box holds", "1", NUMBER),
        "density": ("share of cases of interest among the members that it holds", "1", NUMBER),
        "mass": ("share of all members that it holds", "1", NUMBER),
        "size": ("members that it holds", "1", WHOLE),
        "count": ("cases of interest that it holds", "1", WHOLE),
    },
    "rn.robustness": {
        "satisficing": ("share of the scenarios in which the policy satisfies", "1", NUMBER),
        "satisficing_low": ("lower end of its interval", "1", NUMBER),
        "satisficing_high": ("upper end of its interval", "1", NUMBER),
        "maximum_regret": ("largest regret over the scenarios", "that of the measure", NUMBER),
        "regret_at_quantile": ("regret at the quantile that was asked for", "that of the measure", NUMBER),
        "mean": ("mean of the measure over the scenarios", "that of the measure", NUMBER),
        "standard_deviation": ("its standard deviation", "that of the measure", NUMBER),
        "worst": ("its worst value", "that of the measure", NUMBER),
    },
}
