"""English words that carry little meaning.

Another language has no list here: its words of at most ``SHORT`` letters are taken to carry little.
"""

SHORT = 3

_ENGLISH = """
a about above after again all almost already also always am an and any anybody anyone anything are as at away back
be because been before being below best better between both but by can cannot come could did do does doing done down
each either else enough even ever every everybody everyone everything few first for from get give go good got had has
have having he her here hers him his how however i if in into is it its itself just keep kind know last least less let
like little look lot make many may maybe me mean might mine more most much must my myself near nearly need never new
next no nobody none nor not nothing now of off often on once one only onto or other our ours out over own people
per perhaps put quite rather really same say see seem she should since so some somebody someone something sometimes
somewhere soon still such sure take tell than that the their them then there these they thing this those though through
thus till to today together too tonight truly two under until up upon us use usually very want was way we well were
what when where which while who whole whom whose why will with within without won would yes yet you your yours yourself
three four five six seven eight nine ten twenty hundred thousand million half third quarter dozen twice several roughly
around year s t re ve ll d m don doesn didn isn wasn aren couldn wouldn shouldn hasn haven hadn
i'm i've i'd i'll it's that's there's what's who's you're you've you'll we're we've they're don't doesn't didn't isn't
aren't wasn't weren't can't couldn't won't wouldn't shouldn't hasn't haven't hadn't let's here's
"""
ENGLISH = frozenset(_ENGLISH.split())
_UNFINISHED = """
a an the and or but of to for with from that which he she they because if than into your my our their its is are was
were as by at
"""
UNFINISHED = frozenset(_UNFINISHED.split())
"""A sentence does not end with one of these."""
