"""The floor for a scoring server: Starlette and the same model's ``predict``, and nothing else. ``bare_scoring.py MODEL PORT``."""

import json
import sys

import pandas as pd
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import jupyter_mlops as mlflow

model = mlflow.pyfunc.load_model(sys.argv[1])


async def invocations(request):
    form = json.loads(await request.body())["dataframe_split"]
    return JSONResponse({"predictions": model.predict(pd.DataFrame(form["data"], columns=form["columns"])).tolist()})


async def ping(_):
    return Response("\n")


routes = [Route("/invocations", invocations, methods=["POST"]), Route("/ping", ping)]
uvicorn.run(Starlette(routes=routes), port=int(sys.argv[2]), log_level="warning")
