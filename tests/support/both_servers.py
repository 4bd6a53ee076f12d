"""Fixtures: an API server without KubeRay's definitions, one with them, and a test's run on either. A module that imports them has its own."""

import pytest

from api_server import api_server, kuberay_api_server


@pytest.fixture(scope="module")
def plain():
    with api_server() as running:
        yield running


@pytest.fixture(scope="module")
def kuberay():
    with kuberay_api_server() as running:
        yield running


@pytest.fixture(params=["plain", "kuberay"])
def server(request):
    return request.getfixturevalue(request.param)
