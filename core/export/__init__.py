"""What can be taken away: numbers as files, and scripts that print the same numbers.

Provenance             what a number came from; every export carries it
head_csv, values_csv   one head, or one number for each head, as a table
table_csv, facts_csv   any other table
attention_npz          all weights of a text
attention_script, …    "Copy as Python"
"""

from core.export.arrays import NPZ_LIMIT, attention_npz, npz_bytes
from core.export.provenance import Provenance, headlight_version, provenance_of
from core.export.script import ablation_script, attention_script, generated_script
from core.export.tables import CSV_SKIP, facts_csv, head_csv, table_csv, values_csv

__all__ = [
    "CSV_SKIP",
    "NPZ_LIMIT",
    "Provenance",
    "ablation_script",
    "attention_npz",
    "attention_script",
    "facts_csv",
    "generated_script",
    "head_csv",
    "headlight_version",
    "npz_bytes",
    "provenance_of",
    "table_csv",
    "values_csv",
]
