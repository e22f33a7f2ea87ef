"""Optional dependencies, imported on first use."""

from importlib import import_module
from types import ModuleType

from richardson.errors import MissingExtraError


def require(module: str, extra: str) -> ModuleType:
    """The optional module, imported now.

    Parameters
    ----------
    module : str
        Import name, for example ``"xarray"`` or ``"dask.distributed"``.
    extra : str
        The extra of this package that installs it, for example ``"data"``.

    Returns
    -------
    module
        The imported module.

    Raises
    ------
    MissingExtraError
        If it is not installed, or is installed and cannot be imported; the message
        names the command that installs it.

    Examples
    --------
    >>> require("json", "data").dumps([1, 2])
    '[1, 2]'
    """
    command = f"pip install 'richardson[{extra}]'"
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"This needs {error.name or module}, which is not installed. Run: {command}", name=module) from error
    except ImportError as error:
        raise MissingExtraError(
            f"This needs {module}, which is installed but cannot be imported: {error}. Reinstall it: {command} --force-reinstall",
            name=module,
        ) from error
