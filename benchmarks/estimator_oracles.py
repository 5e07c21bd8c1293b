"""Our estimators and sequences against others': ``python -m benchmarks.estimator_oracles [--env DIR]``.

Needs PyPI once: ``obp`` 0.4.1 and ``ville`` are installed into an environment of their own (kept with ``--env``), for
they want other versions of numpy and pandas than we do. obp imports torch for its neural parts, which are not asked
here; an empty module of that name stands in for it.

* IPS, SNIPS and doubly robust on the Open Bandit Pipeline's two sample logs (10,000 rounds each), to 1e-9.
* The asymptotic confidence sequence of a skewed stream of 3,000 values at every value, to 1e-9, without our caution.
* Coverage of the three 95 % intervals on synthetic logs, and false alarms of the sequence with looks after every post.

The exit code is 1 when one differs, or a coverage is outside of 93 to 97 %.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import NormalDist

import numpy as np

from xbot_assets.domain.learning.off_policy import ChoiceLog, doubly_robust, ips, snips
from xbot_assets.domain.learning.sequences import SequenceRules, Vector, running_bounds

PACKAGES = (
    "numpy<2",
    "pandas<2",
    "scipy<1.12",
    "scikit-learn<1.4",
    "matplotlib<3.9",
    "seaborn<0.14",
    "pyyaml",
    "mypy_extensions",
    "tqdm",
)
ORACLES = ("obp==0.4.1", "ville==0.1.0")
STAND_IN = """
def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return type(name, (), {})
"""
TORCH = {
    "": ("nn", "optim", "utils"),
    "nn": ("functional",),
    "nn/functional": (),
    "optim": (),
    "utils": ("data",),
    "utils/data": (),
}
"""The modules of torch that obp names, each with those below it."""
CHILD = Path(__file__).parent / "oracles" / "obp_and_ville.py"
CLOSE = 1e-9
RULES = SequenceRules(alpha=0.05, first_look=40, narrowest_at=150, caution=0)
LOGS, LOG_POSTS, ARMS = 500, 400, 6
DEVIATION = 0.15
NULL_RUNS, NULL_POSTS = 1000, 400
COVERAGE = (0.93, 0.97)


def environment(folder: Path) -> Path:
    """Make the oracles' environment unless it is there, and return its Python."""
    python = folder / "bin" / "python"
    if not python.exists():
        _run([sys.executable, "-m", "venv", str(folder)])
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run([*install, *PACKAGES])
        _run([*install, "--no-deps", *ORACLES])
        (site,) = (folder / "lib").glob("python*/site-packages")
        _write_torch(site / "torch")
    return python


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True)  # noqa: S603 - our own words


def _write_torch(package: Path) -> None:
    """Write modules of torch's names, so that obp can be imported."""
    for module, parts in TORCH.items():
        (package / module).mkdir(parents=True, exist_ok=True)
        imports = "".join(f"from . import {part}\n" for part in parts)
        (package / module / "__init__.py").write_text(imports + STAND_IN, encoding="utf-8")


def differences(folder: Path) -> dict[str, float]:
    """Return by how much each of our numbers differs from the oracle's."""
    said = json.loads((folder / "said.json").read_text("utf-8"))
    told: dict[str, float] = {}
    for behaviour, estimates in said["obp"].items():
        data = np.load(folder / f"{behaviour}.npz")
        log = ChoiceLog(data["arms"], data["rewards"].astype(float), data["propensities"])
        ours = {
            "ips": ips(log, data["target"]).value,
            "snips": snips(log, data["target"]).value,
            "doubly_robust": doubly_robust(log, data["target"], data["expected"]).value,
        }
        told |= {f"{behaviour} {name}": abs(ours[name] - estimates[name]) for name in ours}
    stream = np.load(folder / "stream.npz")
    low, high = running_bounds(stream["values"], RULES)
    looked = np.isfinite(low)
    told["sequence"] = float(
        max(np.abs(ours_of[looked] - stream[end][looked]).max() for ours_of, end in ((low, "low"), (high, "high")))
    )
    return told


def coverage(seed: int = 1) -> dict[str, float]:
    """Return how often each interval holds a target policy's true reward, over synthetic logs."""
    rng = np.random.default_rng(seed)
    held = dict.fromkeys(("ips", "snips", "doubly_robust"), 0)
    for _ in range(LOGS):
        rewards, logged, wanted = rng.uniform(0.2, 0.8, ARMS), rng.dirichlet([4.0] * ARMS), rng.dirichlet([4.0] * ARMS)
        logged = (logged + 0.05) / (logged + 0.05).sum()
        arms = rng.choice(ARMS, LOG_POSTS, p=logged)
        earned = np.clip(rewards[arms] + rng.normal(0, DEVIATION, LOG_POSTS), 0, 1)
        log = ChoiceLog(arms, earned, logged[arms])
        target = np.tile(wanted, (LOG_POSTS, 1))
        expected = np.tile(rewards + rng.normal(0, 0.1, ARMS), (LOG_POSTS, 1))
        truth = float(wanted @ _clipped_means(rewards))
        for name, one in (
            ("ips", ips(log, target)),
            ("snips", snips(log, target)),
            ("doubly_robust", doubly_robust(log, target, expected)),
        ):
            held[name] += one.low <= truth <= one.high
    return {name: count / LOGS for name, count in held.items()}


def _clipped_means(means: Vector) -> Vector:
    """Return the means of normal values that are clipped to [0, 1]."""
    normal = NormalDist()

    def mean(middle: float) -> float:
        low, high = -middle / DEVIATION, (1 - middle) / DEVIATION
        inside = middle * (normal.cdf(high) - normal.cdf(low)) + DEVIATION * (normal.pdf(low) - normal.pdf(high))
        return inside + 1 - normal.cdf(high)

    return np.array([mean(float(one)) for one in means])


def false_alarms(seed: int = 2) -> float:
    """Return how often the product's sequence excludes nought in null runs that are looked at after every post."""
    rng = np.random.default_rng(seed)
    rules = SequenceRules(alpha=RULES.alpha, first_look=RULES.first_look, narrowest_at=RULES.narrowest_at)
    alarms = 0
    for _ in range(NULL_RUNS):
        # Differences of doubly robust scores are skewed: most posts weigh little, few much.
        values = rng.choice([-1, 1], NULL_POSTS) * rng.exponential(1.0, NULL_POSTS) * rng.gamma(1.0, 1.0, NULL_POSTS)
        low, high = running_bounds(values, rules)
        alarms += bool(((low > 0) | (high < 0)).any())
    return alarms / NULL_RUNS


def main() -> int:
    """Ask the oracles and print the differences."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--env", type=Path, help="where the oracles' environment is, or is made and kept")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        python = environment(asked.env or folder / "env")
        _run([str(python), str(CHILD), scratch, repr(1 / RULES.rho_squared)])
        told = differences(folder)
        said = json.loads((folder / "said.json").read_text("utf-8"))
    covered = coverage()
    equal = all(value <= CLOSE for value in told.values())
    covers = all(COVERAGE[0] <= value <= COVERAGE[1] for value in covered.values())
    document = {
        "differences": told,
        "mixture": said["ville"],
        "coverage": covered,
        "false_alarms": false_alarms(),
        "equal": equal,
        "covers": covers,
    }
    print(json.dumps(document, indent=2))
    return int(not (equal and covers))


if __name__ == "__main__":
    sys.exit(main())
