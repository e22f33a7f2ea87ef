"""Which tests hold what a model's page says; their names are the claims.

A test in tests/docs looks whether each is there.
"""

CLAIMS: dict[str, dict[str, tuple[str, ...]]] = {
    "balance_of_power": {
        "models/test_balance_of_power.py": (
            "frozen_enmity_of_all_is_the_security_dilemma",
            "the_weak_ally_against_the_strongest_beyond_the_golden_ratio",
            "the_weak_unite_against_the_strongest_as_the_page_says",
            "by_the_models_own_rates_a_coalition_of_the_weak_forms_and_dissolves",
            "rates_are_those_on_paper_and_alignments_never_leave_their_range",
            "where_nobody_has_arms_threats_are_shared_evenly",
            "the_path_from_zero_arms_does_not_depend_on_how_threats_are_shared_there",
        ),
    },
    "bounded_balance": {
        "models/test_matrix_balance.py": (
            "the_bounded_rates_are_the_matrix_formula",
            "without_limit_and_baseline_it_is_structural_balance",
            "two_camps_of_equal_feeling_are_the_scalar_balance_exactly",
            "the_default_matrix_has_the_folds_of_the_default_scalar_balance",
            "without_camps_the_scalar_form_is_a_reduction_only",
        ),
    },
    "carrying_capacity": {
        "models/test_classical.py": (
            "without_an_economic_limit_it_is_the_linear_race",
            "a_race_under_ceilings_has_its_four_equilibria_and_no_other",
            "the_corner_has_the_eigenvalues_of_its_formula",
            "a_race_that_would_run_away_settles_at_its_ceilings",
            "the_corner_is_proved_to_attract_its_neighbourhood_where_the_ceiling_is_exact",
            "a_start_beyond_the_ceiling_is_refused_whatever_the_ceiling_has_become",
        ),
        "symbolic/test_ceiling.py": ("what_moves_parameters_within_fixed_bounds_refuses_to_move_a_bound",),
    },
    "collective_security": {
        "models/test_nations.py": (
            "without_commitment_a_pact_is_the_race_of_nations",
            "a_pact_of_three_calms_the_race_as_the_closed_form_says",
            "full_commitment_makes_a_race_of_all_a_race_of_two",
            "members_and_outsiders_are_feared_as_the_form_says",
            "the_leading_eigenvalue_never_rises_with_commitment",
        ),
        "stability/test_robust.py": ("commitment_to_a_pact_of_many_is_proved_to_calm_them_from_where_the_closed_form_says",),
    },
    "economic_brake": {
        "models/test_classical.py": (
            "without_an_economic_limit_it_is_the_linear_race",
            "the_economic_brake_folds_where_its_formula_says",
            "the_economic_brake_with_grievance_has_one_equilibrium_also_where_the_linear_race_runs_away",
        ),
    },
    "grossman_mayer_kress": {
        "symbolic/test_discrete_time.py": (
            "the_map_of_grossmann_and_mayer_kress_is_the_race_under_ceilings_in_steps",
            "the_published_map_has_the_corner_and_richardsons_point_with_their_multipliers",
        ),
    },
    "hostility": {
        "models/test_classical.py": (
            "hostility_reaches_infinity_when_its_formula_says",
            "hostility_that_fades_or_rests_never_reaches_infinity",
            "hostility_without_acceleration_grows_exponentially_and_never_to_infinity",
        ),
    },
    "lanchester_linear": {
        "models/test_war.py": (
            "each_law_keeps_its_invariant",
            "under_the_linear_law_the_loser_fades_as_the_logistic_path_says",
            "a_side_that_does_not_fire_or_does_not_come_loses_as_it_must",
        ),
    },
    "lanchester_square": {
        "models/test_war.py": (
            "each_law_keeps_its_invariant",
            "a_thousand_beat_eight_hundred_and_six_hundred_are_left",
            "the_winner_of_the_square_law_is_whom_the_exact_path_leaves",
            "a_side_that_does_not_fire_or_does_not_come_loses_as_it_must",
        ),
    },
    "linear": {
        "analytic/test_equilibria.py": (
            "linear_race_meets_at_its_formula_with_its_eigenvalues",
            "second_linear_race_meets_at_its_formula",
        ),
        "models/test_linear_models.py": (
            "routh_hurwitz_of_the_linear_race_is_the_textbook_condition",
            "the_spiral_number_of_the_linear_race_is_a_ratio_of_products",
            "two_nations_written_out_are_the_linear_race",
        ),
        "stability/test_robust.py": ("the_linear_race_is_stable_exactly_while_fatigue_outweighs_defence",),
    },
    "missile_war": {
        "models/test_war.py": (
            "the_cone_of_deterrence_has_the_vertex_of_its_formula",
            "there_is_a_cone_exactly_where_both_missiles_together_destroy_less_than_one",
            "at_the_vertex_each_side_could_just_answer_a_first_strike",
            "a_missile_war_takes_the_path_of_its_matrix_exponential",
            "a_war_of_cities_only_is_decay_and_one_of_missiles_only_harms_nobody",
            "a_missile_war_ends_where_a_side_has_none_left",
        ),
    },
    "nations": {
        "analytic/test_equilibria.py": ("every_pair_of_three_nations_is_calm_and_the_triple_is_not",),
        "models/test_classical.py": ("a_race_of_nations_is_stable_exactly_if_its_negative_is_an_m_matrix",),
        "models/test_linear_models.py": ("the_identical_triple_race_is_stable_up_to_half_the_fatigue",),
        "stability/test_robust.py": ("many_alike_nations_are_stable_exactly_while_fatigue_outweighs_all_their_defence",),
    },
    "rivalry": {
        "analytic/test_equilibria.py": ("rivalry_is_stable_with_the_formula_of_its_linear_twin",),
        "models/test_classical.py": ("a_rivalry_with_positive_parameters_is_always_stable_and_never_spirals_in_time",),
        "models/test_linear_models.py": ("rivalry_is_the_linear_race_with_defence_added_to_fatigue",),
    },
    "saperstein": {
        "models/test_maps_and_balance.py": (
            "saperstein_rests_where_the_logistic_map_does_until_its_doubling",
            "saperstein_approaches_its_fixed_point_at_the_published_rate",
            "saperstein_has_two_more_fixed_points_once_the_nations_may_differ",
        ),
        "landscape/test_orbits.py": (
            "saperstein_doubles_where_the_logistic_map_does",
            "saperstein_is_chaotic_from_its_published_value_on",
        ),
        "landscape/test_lyapunov.py": ("saperstein_has_its_published_exponents_twice",),
    },
    "saturating_reaction": {
        "models/test_classical.py": (
            "without_an_economic_limit_it_is_the_linear_race",
            "the_saturating_race_hands_over_at_equal_defence_and_fatigue",
            "saturating_arms_never_pass_their_ceiling",
        ),
    },
    "scalar_balance": {
        "models/test_maps_and_balance.py": (
            "the_scalar_balance_folds_where_its_equations_do",
            "between_the_folds_peace_and_tension_are_both_stable_and_proved",
        ),
        "models/test_matrix_balance.py": ("without_camps_the_scalar_form_is_a_reduction_only",),
    },
    "security_dilemma": {
        "analytic/test_equilibria.py": (
            "security_dilemma_rests_at_detente_threshold_and_cold_war_only",
            "fear_as_a_state_has_the_same_equilibria_and_the_same_verdicts",
            "folds_of_the_security_dilemma_lose_two_equilibria",
            "ring_of_three_has_a_small_spiral_number_and_yet_oscillates",
            "balance_of_the_linear_reaction_is_critical_at_its_formula",
        ),
        "models/test_security_dilemma.py": (
            "calm_and_content_it_is_the_linear_race",
            "calm_but_greedy_it_is_still_linear_with_greed_hidden_in_defence_and_fatigue",
            "fully_reassured_by_own_arms_it_is_the_rivalry",
            "fear_that_follows_at_once_is_instant_fear",
        ),
    },
    "stock_adjustment": {
        "models/test_classical.py": (
            "stock_adjustment_is_the_linear_race_in_other_letters",
            "stocks_settle_exactly_when_the_product_of_reactions_is_below_one",
            "stocks_settle_at_their_formula",
        ),
    },
    "structural_balance": {
        "models/test_matrix_balance.py": (
            "the_rates_are_the_square_of_the_matrix",
            "relations_follow_their_closed_form_until_they_reach_infinity",
            "near_the_end_the_signs_of_the_relations_are_those_of_the_factions",
            "camps_of_equal_feeling_are_hostility_with_the_number_of_members",
        ),
    },
    "submissive": {
        "analytic/test_equilibria.py": (
            "submission_splits_the_symmetric_pair_beyond_its_pitchfork",
            "pitchfork_of_submission_lies_at_its_formula",
        ),
        "models/test_linear_models.py": ("without_submission_the_submissive_race_is_linear",),
    },
}
