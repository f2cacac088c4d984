"""The surveys with answers of the tests of sealing, for what is compared with them."""

from tests.rooms.sealing.conftest import client, linh_cang, surveys

__all__ = ["client", "linh_cang", "surveys"]
