"""What calls do to names, by what they are called: conventions of Python's own types and of the libraries in most notebooks."""

from __future__ import annotations

import re

__all__ = ["CONSUMES_RANDOM", "FOR_EFFECT_ONLY", "HOLDS_ALL", "ITERATORS", "LOOKS_ONLY", "MAKES_NEW", "MUTATES_FIRST", "SCALARS", "SETS_PROCESS"]

# Functions whose result has nothing of what they are given, which they leave alone.
SCALARS = frozenset("abs all any bool bytes callable chr complex display divmod float format hasattr hash hex id int isinstance issubclass len oct ord print pow range repr round str sum type".split())
# Their result holds what they are given, and nothing else.
HOLDS_ALL = frozenset("dict enumerate filter frozenset getattr iter list map max min next reversed set sorted super tuple vars zip".split())
ITERATORS = frozenset("enumerate filter iter map open reversed zip".split())
MUTATES_FIRST = frozenset("delattr next setattr".split())

_NEW = (
    "abs agg aggregate all any astype capitalize corr count cov cumsum decision_function decode describe difference dim dot dropna endswith encode exists "
    "explode format get_params head hist index info is_dir is_file isdigit isdisjoint isin isna isnull issubset issuperset item join lower lstrip "
    "mean median melt merge min max mode notna notnull nunique partition pivot pivot_table plot predict predict_log_proba predict_proba quantile "
    "read_bytes read_text rename replace round rsplit rstrip sample score sem shape skew sort_index sort_values split splitlines "
    "startswith std strip sum tail title to_csv to_dict to_html to_json to_list to_markdown to_numpy to_parquet to_string tolist transform upper "
    "unique value_counts var zfill"
)
MAKES_NEW = frozenset(_NEW.split())
_HOLDING = (
    "assign copy cpu detach drop fillna filter flatten get groupby intersection items iterdir iterrows itertuples keys loc named_parameters numpy "
    "parameters query ravel reset_index reshape resample rolling select_dtypes set_index shift stack state_dict symmetric_difference to_frame "
    "transpose union unstack values view"
)
# Methods that leave the object alone, unless they are told to work in place.
LOOKS_ONLY = MAKES_NEW | frozenset(_HOLDING.split())

# Functions of modules that set something for the whole process: cells that call them stay in every slice.
SETS_PROCESS = re.compile(
    r"(?:.*\.)?(?:\w*seed\w*|chdir|putenv|unsetenv|load_dotenv|seterr|filterwarnings|simplefilter|basicConfig|getLogger\.setLevel|captureWarnings|autolog"
    r"|set_(?:option|options|theme|style|palette|context|tracking_uri|registry_uri|experiment|config|printoptions|state|start_method|log_level|verbosity\w*"
    r"|num_threads|default\w*|float32\w*|matmul\w*|global\w*|policy)|(?:enable|disable|use)_\w+|style\.use|rcParams\.update|register\w*"
    r"|environ\.(?!(?:copy|get|items|keys|values)$)\w+|path\.(?:append|insert|extend|remove)|options\.\w.*|use)"
)
CONSUMES_RANDOM = re.compile(r"(?:.*\.)?random\.(?!default_rng|Generator|RandomState|SeedSequence|Random$|PCG64)\w+")
# Modules whose functions are called to show something, and leave alone what they are given.
FOR_EFFECT_ONLY = frozenset("IPython altair bokeh jupyter_mlops logging matplotlib mlflow plotly pprint rich seaborn sys tqdm warnings".split())
