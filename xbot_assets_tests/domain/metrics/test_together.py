"""How far down a list reading it pays."""

from xbot_assets.domain.metrics.together import depth_worth_reading


def depth(*places: int, least: int = 3) -> int:
    """Return the depth for posts at these places; fifty posts further down cost as much as a page."""
    return depth_worth_reading(places, page_posts=50, least=least)


def test_few_posts_are_read_from_their_own_pages() -> None:
    """However near to the top they stand."""
    assert depth() == 0
    assert depth(1, 2) == 0
    assert depth(1, least=1) == 0
    assert depth(1, 2, 3) == 3


def test_a_list_is_read_as_far_as_each_further_post_saves_more_than_going_there_costs() -> None:
    """The next post fifty places on saves nothing, one that is nearer does."""
    assert depth(3, 1, 2, 53) == 3
    assert depth(1, 2, 3, 52) == 52
    assert depth(1, 2, 3, 90, 91) == 91


def test_posts_far_down_and_apart_are_read_from_their_own_pages() -> None:
    """Three pages are quicker than a list of more than a hundred."""
    assert depth(60, 120, 180) == 0
    assert depth(97, 98, 99) == 99
    assert depth(98, 99, 100) == 0
