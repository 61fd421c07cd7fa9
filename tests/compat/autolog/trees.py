"""Trainings with scikit-learn, XGBoost and LightGBM, none of which knows that it is logged."""

import sys

import modelwright as mw

mw.autolog(models=True)
assert not {"sklearn", "xgboost", "lightgbm"} & set(sys.modules), "autolog imports no framework"


def train() -> None:
    """Frameworks are imported only here, after `autolog`."""
    import lightgbm
    import numpy as np
    import xgboost
    from sklearn.datasets import make_classification
    from sklearn.ensemble import GradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    x, y = make_classification(300, 6, random_state=0)

    with mw.init("autolog", id="pipeline"):
        make_pipeline(StandardScaler(), LogisticRegression(C=0.5)).fit(x, y)
    with mw.init("autolog", id="boosting"):
        GradientBoostingClassifier(n_estimators=7).fit(x, y)
    with mw.init("autolog", id="search"):
        GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0, 10.0]}, cv=2).fit(x, y)
    with mw.init("autolog", id="xgb"):
        data = xgboost.DMatrix(x[:200], y[:200])
        valid = xgboost.DMatrix(x[200:], y[200:])
        xgboost.train(
            {"max_depth": 2, "objective": "binary:logistic"},
            data,
            9,
            evals=[(data, "train"), (valid, "valid")],
            verbose_eval=False,
        )
    with mw.init("autolog", id="xgb-estimator"):
        xgboost.XGBClassifier(n_estimators=5, max_depth=2).fit(
            x[:200], y[:200], eval_set=[(x[200:], y[200:])], verbose=False
        )
    with mw.init("autolog", id="lgb"):
        train = lightgbm.Dataset(x[:200], y[:200])
        lightgbm.train(
            {"objective": "binary", "verbose": -1, "metric": "auc"},
            train,
            8,
            valid_sets=[lightgbm.Dataset(x[200:], y[200:], reference=train)],
            valid_names=["valid"],
            callbacks=[lightgbm.early_stopping(3, verbose=False)],
        )
    with mw.init("autolog", id="lgb-estimator"):
        lightgbm.LGBMClassifier(n_estimators=4, verbose=-1).fit(x[:200], y[:200], eval_set=[(x[200:], y[200:])])

    # Without an open run a training opens and ends one of its own; an error in it is the training's own.
    LogisticRegression().fit(x, y)
    try:
        LogisticRegression().fit(x, np.zeros(300))
    except ValueError as error:
        assert "class" in str(error)
    else:
        raise AssertionError("the error of the training was swallowed")


train()
assert mw.run is None
