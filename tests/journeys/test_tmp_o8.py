from tests.journeys.test_every_page import *  # noqa
for n in [n for n in list(globals()) if n.startswith("test_")]: del globals()[n]
from tests.journeys import organization_audit_stops as o
from tests.journeys.stops import filled
from tests.journeys.world import PASSWORD
from tests.journeys.world import PERSON as P
from tests.support.browser import accessibility_violations


def test_mine(world, chromium):
    with chromium.profile() as profile:
        page = profile.page
        filled("/login", email=P, password=PASSWORD)(page, world)
        o.trail(page, world)
        page.screenshot(path="/tmp/o8-wide.png", full_page=True)
        print("AXE", accessibility_violations(page))
        page.set_viewport_size({"width":320,"height":640}); page.emulate_media(color_scheme="dark")
        page.screenshot(path="/tmp/o8-narrow.png", full_page=True)
        print("OVER", page.evaluate(OVERFLOW), page.evaluate(BROKEN_WORDS))
        page.set_viewport_size({"width":1280,"height":800}); page.emulate_media(color_scheme="light")
        o.older(page, world); print("URL", page.url)
        o.refused(page, world); print("AXE2", accessibility_violations(page)); print(profile.troubles)
        page.screenshot(path="/tmp/o8-refused.png", full_page=True)
