"""How good a model is: `evaluate`, its metrics, artifacts and tables, and thresholds that a candidate must keep.

The road: `data_sets` and `predictions` make an `Evaluated`; `metric_tables` have a function for each number; `evaluators`
do the rest. May import `deployments`, which it asks for predictions, and what is below; called by users and `magics`.
"""
