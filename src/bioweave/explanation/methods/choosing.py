"""From a method's name to the method."""

from __future__ import annotations

from bioweave.bundle import Bundle, FusedBundle
from bioweave.errors import ConfigurationError, MissingExtraError
from bioweave.explanation.methods.occlusion import occlusion
from bioweave.explanation.methods.weighing import METHODS, Weigher

# With 512 variants SHAP's weights correlate by 0.98 to 1.00 with those of 2,000, on sentences of 21
# and 26 words; with 256 by 0.95 to 1.00, in half the time.
SAMPLES = 512
SEED = 0


def choose_method(
    name: str, bundle: Bundle | FusedBundle, *, samples: int = SAMPLES, seed: int = SEED
) -> Weigher:
    """The method of this name for a bundle; `samples` and `seed` matter to shap and lime.

    Gradients ask for the bundle that `load_run` makes of a run, whose graph is the PyTorch tagger.
    Raises ConfigurationError for an unknown name, too few samples, or gradients of a bundle in
    ONNX, and MissingExtraError where torch or captum is not installed.
    """
    if samples < 2:
        raise ConfigurationError(f"{samples} samples explain nothing: give 2 at least")
    if name == "occlusion":
        return occlusion
    if name == "shap":
        from bioweave.explanation.methods.shapley import Shap

        return Shap(samples, seed)
    if name == "lime":
        from bioweave.explanation.methods.lime import Lime

        return Lime(samples, seed)
    if name == "gradients":
        return _gradients(bundle)
    raise ConfigurationError(f"unknown method {name!r}: it is one of {', '.join(METHODS)}")


def has_gradients(bundle: Bundle | FusedBundle) -> bool:
    """Whether it is a run, opened with its PyTorch tagger."""
    return isinstance(bundle, Bundle) and hasattr(bundle.graph, "tagger")


def _gradients(bundle: Bundle | FusedBundle) -> Weigher:
    tagger = getattr(bundle.graph, "tagger", None) if isinstance(bundle, Bundle) else None
    if tagger is None or isinstance(bundle, FusedBundle):
        raise ConfigurationError(
            f"{bundle.path or bundle.manifest.name}: a bundle's graph has no gradients; give the "
            "folder of the run that it was exported from with --model, or choose occlusion, shap "
            "or lime"
        )
    try:
        from bioweave.explanation.methods.gradients import Gradients
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library != "captum":
            raise
        raise MissingExtraError(
            library, extra="train", needed_for="the method gradients"
        ) from error
    return Gradients(bundle, tagger)
