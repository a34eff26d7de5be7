"""A tagger with random weights, small enough to be made anew for each test, without torch.

One attention layer with a residual and a normalisation, like an encoder's; words take their first
piece; two heads. It finds mentions in any text, and a window's scores depend on all of its pieces.
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper, parser
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from bioweave.bundle import Bundle, Chain, Chains, HeadManifest, Manifest, write_bundle
from bioweave.document import TagScheme
from bioweave.features.windows import WindowSettings

WIDTH = 32
HEADS = (
    HeadManifest(name="chemicals", labels=("Chemical",)),
    HeadManifest(name="others", labels=("Disease", "Gene"), scheme=TagScheme.BIOES),
)
_WINDOWS = WindowSettings(48)
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,-()"
_GRAPH = """
<ir_version: 9, opset_import: ["" : 18]>
tiny (int64[B,P] piece_ids, int64[B,P] piece_mask, int64[B,W,2] word_pieces, int64[B] n_words)
  => (float[B,W,T] emissions)
{
  embedded = Gather (embeddings, piece_ids)
  queries = MatMul (embedded, query_weights)
  keys = MatMul (embedded, key_weights)
  values = MatMul (embedded, value_weights)
  turned = Transpose <perm = [0, 2, 1]> (keys)
  raw = MatMul (queries, turned)
  mask = Cast <to = 1> (piece_mask)
  masked = Sub (mask, one)
  penalty = Mul (masked, large)
  wide = Unsqueeze (penalty, axis_one)
  scores = Add (raw, wide)
  attention = Softmax <axis = -1> (scores)
  mixed = MatMul (attention, values)
  residual = Add (embedded, mixed)
  normal = LayerNormalization <axis = -1> (residual, scale, shift)
  inner = MatMul (normal, inner_weights)
  active = Relu (inner)
  outer = MatMul (active, outer_weights)
  hidden = Add (normal, outer)
  starts = Slice (word_pieces, zero, axis_one, axis_two)
  words = GatherND <batch_dims = 1> (hidden, starts)
  projected = MatMul (words, head_weights)
  emissions = Add (projected, head_bias)
}
"""
# Embeddings of words stand beside what the pieces say of them.
_VECTORS = """looked = Gather ("vectors.weight", vectors)
  joined = Concat <axis = -1> (words, looked)
"""


def make_tokenizer() -> Tokenizer:
    """WordPiece over single letters and some syllables, with [CLS] and [SEP]."""
    syllables = [a + b for a in "aeiou" for b in "nrstl"]
    units = [*_LETTERS, *syllables]
    pieces = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", *units, *(f"##{unit}" for unit in units)]
    vocabulary = {piece: index for index, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    return tokenizer


def make_chains(seed: int = 0) -> Chains:
    random = np.random.default_rng(seed)
    return Chains(
        tuple(
            Chain(
                head.tag_set,
                np.where(head.tag_set.may_start, random.normal(size=len(head.tags)), -1e4),
                np.where(head.tag_set.may_follow, random.normal(size=[len(head.tags)] * 2), -1e4),
                np.where(head.tag_set.may_end, random.normal(size=len(head.tags)), -1e4),
            )
            for head in HEADS
        )
    )


def write_graph(path: Path, seed: int = 0, n_pieces: int | None = None, n_vectors: int = 0) -> None:
    """Write the fp32 graph; with `n_vectors` word embeddings it has the input `vectors` as well."""
    random = np.random.default_rng(seed)
    n_pieces = n_pieces or make_tokenizer().get_vocab_size()
    n_tags = sum(len(head.tags) for head in HEADS)

    def normal(*shape: int, scale: float) -> np.ndarray:
        return random.normal(scale=scale, size=shape).astype(np.float32)

    weights = {
        "embeddings": normal(n_pieces, WIDTH, scale=1.0),
        "query_weights": normal(WIDTH, WIDTH, scale=0.15),
        "key_weights": normal(WIDTH, WIDTH, scale=0.15),
        "value_weights": normal(WIDTH, WIDTH, scale=0.3),
        "inner_weights": normal(WIDTH, 4 * WIDTH, scale=0.3),
        "outer_weights": normal(4 * WIDTH, WIDTH, scale=0.1),
        "head_weights": normal(WIDTH, n_tags, scale=0.6),
        "head_bias": normal(n_tags, scale=0.1),
        "scale": normal(WIDTH, scale=0.1) + 1,
        "shift": normal(WIDTH, scale=0.1),
        "one": np.array(1, np.float32),
        "large": np.array(1e9, np.float32),
        "zero": np.array([0], np.int64),
        "axis_one": np.array([1], np.int64),
        "axis_two": np.array([2], np.int64),
    }
    text = _GRAPH
    if n_vectors:
        weights["vectors.weight"] = normal(n_vectors, 2 * WIDTH, scale=0.5)
        weights["head_weights"] = normal(3 * WIDTH, n_tags, scale=0.4)
        text = text.replace("n_words)", "n_words, int64[B,W] vectors)", 1)
        text = text.replace(
            "projected = MatMul (words,", f"{_VECTORS}  projected = MatMul (joined,"
        )
    model = parser.parse_model(text)
    # Slice takes starts, ends and axes: the first column of the last axis.
    slice_node = next(node for node in model.graph.node if node.op_type == "Slice")
    slice_node.input[:] = ["word_pieces", "zero", "axis_one", "axis_two"]
    model.graph.initializer.extend(
        numpy_helper.from_array(array, name) for name, array in weights.items()
    )
    onnx.checker.check_model(model)
    onnx.save(model, path)


def write_tiny_bundle(folder: Path, *, windows: WindowSettings = _WINDOWS, seed: int = 0) -> Path:
    """Write the tagger as a bundle; returns its folder."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    graph = folder.parent / f"{folder.name}.onnx"
    write_graph(graph, seed)
    manifest = Manifest(
        name="tiny", bioweave_version="0", heads=HEADS, windows=windows, licences={"weights": "CC0"}
    )
    write_bundle(
        folder, manifest, graph=graph, tokenizer=make_tokenizer(), chains=make_chains(seed)
    )
    return folder


def load_tiny_bundle(folder: Path, **options: object) -> Bundle:
    """Write the tagger as a bundle and load it."""
    return Bundle.load(write_tiny_bundle(folder, **options))
