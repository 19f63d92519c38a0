"""All calls of the VOP face."""

from duerun.web.vop import bulk

ENDPOINTS = (*bulk.ENDPOINTS,)
