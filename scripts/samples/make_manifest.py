"""Writes samples/manifest.yaml and checks that it names every sample once."""
import os
import yaml

ROOT = os.path.join(os.path.dirname(__file__), "../../samples")
A = dict(W="Walter Ames", G="Agnes Thorne", N="Nell Quarrie", H="Hana Brisk", T="Tobias Rook", I="Ifor Lacey", F="Ffion Tredgold", S="Sunil Dattani", M="Maud Pellow")
BW = {"camera": {"make": "Brightwater", "model": "BW-35"}}
NJ = {"camera": {"make": "Orrin", "model": "Nightjar II"}}
# path | title | collection | year | place | author | season | tags
ROWS = """
texts/log-night-of-9-november.txt|Log for the night of 9 November|tower|1977|tower|W|autumn|log, weather, gale, lamp
texts/letter-agnes-to-her-sister.txt|Agnes writes to her sister|tower|1913|lamp room|G|winter|letter, keeper, night watch
texts/walter-ames-remembers-the-last-evening.txt|Walter Ames remembers the last evening|tower|2011|Port Averil|H|spring|interview, keeper, memory
texts/thank-you-from-class-four.txt|Thank you from Class Four|tower|2022|tower|F|summer|letter, school, visit
texts/barn-owl-in-the-oil-store.txt|Barn owls in the oil store|birds|2022|oil store|I|spring|owl, nest, ringing, notes
texts/walking-the-sands.txt|Walking the sands|tides|2017|Osmund Flats|M|summer|safety, quicksand, walk
texts/poem-the-ebb.txt|The ebb, a poem|tides|2018|Curlew Creek|H|autumn|poem, low water, mud
texts/radio-transcript-marigold-aground.txt|Marigold aground, radio transcript|boats|2019|Osmund Flats|H|summer|radio, transcript, grounding
texts/landing-at-the-slip.txt|Landing at the slip|boats|2016|slip|T|summer|instructions, landing, mooring
texts/recipe-samphire-and-shrimp-tart.txt|Samphire and brown shrimp tart|garden|2015|kitchen|N|summer|recipe, cooking, samphire
texts/seaweed-for-the-kale-beds.txt|Seaweed for the kale beds|garden|2020|walled garden|N|autumn|soil, seaweed, vegetables
texts/a-swarm-on-the-south-wall.txt|A swarm on the south wall|garden|2023|walled garden|S|spring|bees, hive, diary
texts/replacing-a-plank-old-peg.txt|A new plank for Old Peg|workshop|2021|workshop|T|winter|carpentry, dinghy, repair
documents/heron-point-handbook.pdf|The Heron Point Handbook|tower|2023|tower|M|spring|handbook, history, rules, reference
documents/keepers-of-the-light.html|The keepers of Heron Point Light|tower|2016|tower|H|winter|history, keepers, people
documents/open-day.html|Open day programme|tower|2024|walled garden|M|summer|programme, visitors, event
documents/annual-report-2023.docx|Annual report for 2023|tower|2024|cottages|M|winter|report, money, volunteers
documents/bunkhouse-guide.docx|Staying in the bunkhouse|tower|2024|cottages|N|winter|guide, visitors, house rules
documents/tide-clock-restoration.pdf|Restoring the tide clock|workshop|2018|stair hall|H|autumn|clock, repair, report
documents/seagrass-survey-2022.pdf|Seagrass survey 2022|tides|2022|Osmund Flats|S|summer|survey, seagrass, report
documents/tide-readings-march-2024.csv|Tide readings, March 2024|tides|2024|slip|T|spring|data, tide gauge, readings
documents/bird-counts-2023.json|Monthly bird counts, 2023|birds|2023|sea wall|I|winter|data, waders, counts
documents/boat-register.md|Boat register|boats|2021|boathouse|T|winter|register, boats, reference
documents/planting-calendar.md|Planting calendar|garden|2024|walled garden|N|winter|calendar, vegetables, sowing
images/lighthouse-dawn.jpg|Lighthouse at dawn|tower|2022|tower|H|spring|lighthouse, dawn, sea|BW
images/lighthouse-dusk.jpg|Lighthouse at dusk|tower|2021|tower|H|autumn|lighthouse, dusk, sunset|BW
images/lighthouse-night.jpg|Lighthouse at night|tower|2023|tower|S|winter|lighthouse, night, stars, beam|NJ
images/lighthouse-fog.jpg|Lighthouse in fog|tower|2023|tower|H|autumn|lighthouse, fog, grey
images/boats-calm-morning.jpg|Moorings on a calm morning|boats|2022|slip|S|summer|boats, calm, morning|NJ
images/boats-evening-sail.webp|An evening sail|boats|2021|estuary|S|summer|boats, sails, sunset
images/boats-rough-water.jpg|Marigold in rough water|boats|2020|Gannet Bar|T|winter|boats, waves, rough sea|BW
images/plate-bracken.png|Plate III, bracken|garden|2019|oil store|N|summer|botanical, fern, leaves, plate
images/plate-sea-buckthorn.webp|Plate VII, sea buckthorn|garden|2019|dune path|N|autumn|botanical, berries, leaves, plate
images/plate-sea-kale.png|Plate I, sea kale|garden|2019|shingle ridge|N|summer|botanical, flowers, leaves, plate
images/chart-depths.png|Chart of depths|tides|2014|estuary|M|summer|chart, map, soundings
images/chart-channel-buoys.png|Chart of buoys and leading line|boats|2019|estuary|T|spring|chart, map, buoys, channel
images/chart-walking-routes.webp|Map of walks from the Point|tides|2021|estuary|S|spring|chart, map, walks
images/bird-grey-heron.jpg|Grey heron|birds|2021|Curlew Creek|I|spring|bird, heron, portrait|NJ
images/bird-oystercatcher.png|Oystercatcher|birds|2020|shingle ridge|I|spring|bird, oystercatcher, portrait
images/bird-curlew.webp|Curlew|birds|2023|Curlew Creek|I|summer|bird, curlew, portrait
images/tide-clock-dial.gif|The tide clock's dial|workshop|2018|stair hall|H|autumn|clock, dial, tide, animation
audio/bell-fog-tower.wav|The old fog bell|tower|2017|tower|H|winter|bell, deep, fog signal
audio/bell-buoy.mp3|Bell buoy off the Flats|boats|2019|Osmund Flats|H|summer|bell, buoy, sea
audio/bell-kitchen-dinner.ogg|The dinner bell|garden|2020|kitchen|H|summer|bell, hand bell, supper
audio/surf-shingle.mp3|Surf on the shingle ridge|tides|2021|shingle ridge|H|autumn|surf, waves, shingle
audio/surf-slow-swell.flac|Slow swell under the rock|tides|2020|tower|H|winter|surf, swell, waves
audio/wind-in-the-gallery-rail.ogg|Wind in the gallery rail|tower|2020|gallery|H|winter|wind, gale, whistle
audio/fog-horn-diaphone.m4a|The diaphone, two blasts|tower|2019|engine house|H|summer|fog horn, horn, loud
audio/fog-horn-across-the-bay.mp3|A horn across the bay|tower|2018|Port Averil|H|autumn|fog horn, horn, distant
audio/birdsong-wren.wav|Wren by the postbox|birds|2022|sea wall|H|spring|birdsong, wren, call
audio/birdsong-skylark.ogg|Skylark over the sea wall|birds|2022|sea wall|H|spring|birdsong, skylark, song
audio/birdsong-curlew.flac|Curlew, bubbling call|birds|2023|Curlew Creek|H|spring|birdsong, curlew, call
audio/morse-call-sign.wav|Call sign in morse|workshop|2016|workshop|S|winter|morse, radio, signal
audio/spoken-tide-notice.mp3|Tide notice, read aloud|tides|2024|slip|M|spring|speech, notice, high water
video/beam-turning-at-night.mp4|The beam turning at night|tower|2023|tower|S|winter|lighthouse, beam, night
video/launch-crossing-the-bay.mp4|Marigold crossing the bay|boats|2022|estuary|S|summer|boat, launch, crossing
video/rain-on-the-slip.webm|Rain on the slip|boats|2021|slip|H|autumn|rain, dinghy, grey
video/tide-rising-on-the-flats.webm|Tide rising on the flats|tides|2022|Osmund Flats|S|summer|tide, sand, time lapse
"""

out = {}
for line in ROWS.strip().splitlines():
    p, title, coll, year, place, who, season, tags, *cam = line.split("|")
    m = dict(title=title, collection=coll, year=int(year), place=place, author=A[who], season=season, tags=tags.split(", "))
    if cam:
        m.update({"BW": BW, "NJ": NJ}[cam[0]])
    out[p] = m
have = {os.path.relpath(os.path.join(d, f), ROOT) for d, _, fs in os.walk(ROOT) for f in fs} - {"manifest.yaml"}
assert have == set(out), have ^ set(out)


class Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True


with open(os.path.join(ROOT, "manifest.yaml"), "w") as fh:
    fh.write("# Metadata for every sample, by path.\n")
    for p, m in out.items():
        fh.write(f"{p}: " + yaml.dump(m, Dumper=Dumper, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10000).strip() + "\n")
print(len(out), "entries")
