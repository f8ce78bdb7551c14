"""Models and data sets in Python source and in model cards."""

from ecosystem_fixtures import FIXTURES, Scan
from hypothesis import given, settings
from hypothesis import strategies as st
from parsing import assert_survives, changed

from sbom.bom import build_bom
from sbom.model import UnknownKind
from sbom.scan import scan_path

COMMIT = "0123456789abcdef0123456789abcdef01234567"
REAL = sorted([*(FIXTURES / "model_source").rglob("*.py"), *(FIXTURES / "model_card").rglob("README.md")])
WORDS = [
    *("from transformers import AutoModel", "import modelscope", "AutoModel", ".from_pretrained", "(", ")"),
    *('"org/name"', "'gpt2'", "=", "\n", "*x", "revision=", "load_dataset", ",", "f'{x}'", "import timm"),
]


def scan(case):
    return Scan("model-source", "model_source", case)


def test_source_when_it_loads_from_hugging_face_then_names_that_stand_in_it_are_components():
    found = [row for row in scan("hubs").rows if row.path == "train.py"]
    assert {row.purl: (row.line, row.constraint) for row in found} == {
        f"pkg:huggingface/Qwen/Qwen2-7B@{COMMIT}": (13, None),
        "pkg:huggingface/Qwen/Qwen2-7B": (14, "main"),
        "pkg:huggingface/bert-base-chinese": (16, None),
        "pkg:huggingface/datasets/rajpurkar/squad@v1.0.0": (22, None),
        "pkg:huggingface/datasets/imdb": (23, None),
        "pkg:huggingface/BAAI/bge-m3": (25, None),
        "pkg:huggingface/org/judge": (26, None),
        "pkg:huggingface/datasets/org/weights": (27, None),
        "pkg:huggingface/org/gguf": (28, None),
        "pkg:huggingface/timm/resnet50": (29, None),
    }
    assert {row.direct for row in found} == {True}


def test_source_when_it_loads_from_modelscope_then_the_imports_tell_so():
    assert {row.purl for row in scan("hubs").rows if row.path == "speech.py"} == {
        "pkg:generic/modelscope.cn/iic/SenseVoiceSmall@v2.0.4",
        "pkg:generic/modelscope.cn/Qwen/Qwen2-7B",
    }


def test_source_when_names_come_from_elsewhere_then_they_are_counted_with_the_first_line():
    assert scan("hubs").reasons == [
        (UnknownKind.UNRESOLVED, 15, "1 models or data sets are named outside of the source")
    ]


def test_source_when_no_import_tells_a_hub_then_it_has_no_rows():
    assert not scan("local").rows
    assert not scan("local").reasons


def test_source_when_of_python_2_then_it_is_an_unknown_with_its_line():
    assert [(kind, line) for kind, line, _ in scan("python2").reasons] == [(UnknownKind.BROKEN, 2)]


def test_source_when_scanned_then_it_is_no_manifest():
    assert scan("local").result.files_read == 0


def test_card_when_it_names_what_a_model_rests_on_then_each_is_a_component_with_its_line():
    found = Scan("model-card", "model_card", "derived")
    assert {row.purl: row.line for row in found.rows} == {
        "pkg:huggingface/Qwen/Qwen2-7B": 3,
        "pkg:huggingface/datasets/org/corpus": 5,
        "pkg:huggingface/datasets/imdb": 6,
    }
    assert not Scan("model-card", "model_card", "plain").rows
    broken = Scan("model-card", "model_card", "broken")
    assert [(kind, line) for kind, line, _ in broken.reasons] == [(UnknownKind.BROKEN, 5)]


def test_bom_when_it_holds_models_then_they_are_machine_learning_components():
    bom = build_bom(scan_path(FIXTURES / "model_source" / "hubs"), "0").decode()
    assert bom.count('"type": "machine-learning-model"') == 9
    assert bom.count('"type": "data"') == 3


@settings(deadline=None, max_examples=120)
@given(words=st.lists(st.sampled_from(WORDS), max_size=14))
def test_any_source_when_parsed_then_nothing_escapes(words):
    assert_survives("a.py", "".join(words).encode())


@settings(deadline=None, max_examples=80)
@given(data=st.data())
def test_real_file_when_cut_or_changed_anywhere_then_nothing_escapes(data):
    path, content = changed(data, REAL)
    assert_survives(path.name, content)
