"""What a text is about, in the words of this world: its readers and its language model both go by them."""

import re

NO_TOPIC = "other"
STEM = 4
"""From this length on, a word of the vocabulary stands for all that begin with it."""
TOPIC_WORDS: dict[str, str] = {
    "technology": "software code coding coder program develop engineer databas server compil api bug deploy data"
    " algorithm ai comput chip cache python script app apps cloud security schema keyboard shortcut"
    " screen backup batteri battery spreadsheet notification password files printer usb wifi"
    " router phone laptop undo e-ink browser tab tabs cursor update reboot terminal sensor internet"
    " website click digital robot open-source privacy automat device machine charger cable stack query"
    " queri",
    "science": "science scienti study experiment research lab physic biolog chemi cells planet sample evidence"
    " thunder microbe theory universe brain molecul species comet stars moon mars space orbit"
    " gravity atom atoms telescope magnet light sound lichen tide lightning octopus fossil crystal ice"
    " glacier bacteri gene dna volcan neutrino measure energy temperature mould pendulum snowflake",
    "gardening": "garden soil compost seed plant tomato prune pruning mulch slug bee bees allotment greenhouse bed"
    " beds bean beans frost weed weeds rose roses peat watering sow leek leeks lettuce cabbage pumpkin"
    " courgette potato spade shed worm worms vegetab flower perennial coneflower bulb bulbs nettle hoe"
    " root roots harvest radish pea peas garlic rhubarb leaf",
    "cooking": "cook kitchen recipe bread dough sauce salt butter onion soup pasta knife oven dinner spice flavour"
    " flavor rice lemon stock bake baking pan simmer taste saffron broth stew egg eggs cast fry fried"
    " roast boil vinegar sugar lid brown dish lunch breakfast leftover yeast flour caramel cheese cake"
    " pot cumin pepper chickpea",
    "cycling": "bike bicycl cycling cyclist ride riding rode rider chain tyre tire helmet saddle gravel commut"
    " headwind wheel pedal brake mudguard lane lanes climb gear puncture pump pannier handlebar spoke"
    " spokes frame bell hill traffic driver rack tailwind touring bicycle kerb",
    "history": "histor archive museum century medieval map maps canal mill street town railway roman census bridge"
    r" building built church castle village boundary stone plumber letter margin 18\d\d 19[0-5]\d market"
    " inn pub wall gate lamp tram station cellar parish mayor bricks brick name names old ledger fire",
    "money": "money budget saving savings invest fund fee fees debt salary income interest bank pension spend"
    " subscription inflation price rent cash financ coin insurance",
    "photography": "photo camera lens film shutter exposure portrait tripod darkroom negative shoot golden pixel"
    " frames light crop",
    "productivity": "productiv meeting task tasks deadline focus email inbox habit calendar notebook priorit multitask"
    " interrupt todo plan planner planning procrastin busy desk",
    "nature": "bird birds forest river walk hike hiking moth sea wood trees tree owl swift swifts heron hedge"
    " mountain rain otter wild forag dawn",
    "books": "book books reading novel author librar chapter poem poems bookshop fiction essay shelf",
    "health": "sleep health exercise running heart stress muscle doctor diet breath fitness training pain stretch",
    "startups": "startup founder customer product revenue pricing growth launch sales business user users churn"
    " saas marketing",
}
"""Words that place a text; of four letters or more, also the words that begin so. On a tie the first topic wins."""


def topic_of(text: str) -> str:
    """Return the topic most of whose words occur in a text, or ``other``."""
    lower = text.lower()
    scores = {topic: len(set(words.findall(lower))) for topic, words in _VOCABULARIES.items()}
    best = max(scores, key=lambda topic: scores[topic])
    return best if scores[best] else NO_TOPIC


def _vocabulary(words: str) -> re.Pattern[str]:
    stems = (word if len(word) >= STEM else rf"{word}\b" for word in words.split())
    return re.compile(rf"\b(?:{'|'.join(stems)})")


_VOCABULARIES = {topic: _vocabulary(words) for topic, words in TOPIC_WORDS.items()}
