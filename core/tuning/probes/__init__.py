"""Probes: the same few texts looked into at every checkpoint of a run, kept beside it.

ProbeSpec       which texts and heads, as a part of a run's spec
probe_steps     the steps of which a run folder has a probe
read_probe      one of them: attention, predicted words, continuations, probabilities of labels
Prober          what a training loop calls (``core.tuning.probes.prober``, which imports torch)
"""

from core.tuning.probes.readings import MaskReading, Probe, ProbeInput, ProbeReading
from core.tuning.probes.spec import ProbeSpec, ProbeText
from core.tuning.probes.storage import probe_steps, read_probe

__all__ = [
    "MaskReading",
    "Probe",
    "ProbeInput",
    "ProbeReading",
    "ProbeSpec",
    "ProbeText",
    "probe_steps",
    "read_probe",
]
