"""Everyday words that terminologies have as names of something else: In (indium), SET (a gene).

Chosen from what full MeSH, human genes and species match most often in abstracts. Written in any
form; they are compared as keys.
"""

from __future__ import annotations

from typing import Final

# Headings in capitals are full of these: they are no name there either.
HEADING_WORDS: Final = "a an and by for from in into of on or the to with".split()

# Words of grammar and units, which stand beside numbers and letters everywhere.
FUNCTION_WORDS: Final = """
about after all also am among any are as at be been before being below between both but
did do does done down due during each either else etc every few had has have having he her
here hers him his how i if is it its just less many may me might more most much must my
neither no nor not now off once one only onto other our out over own per same several she
should since so some such than that their them then there these they this those though three
through thus too two under until up upon us use used very via was we were what when where whether
which while who whom whose why will within without would yes yet you your
cm day days db dl hour hours hr kg km mg min minute minutes ml mm mmol mol month months nm ng sec
second seconds week weeks year years
ii iii iv vi vii viii ix
""".split()

EVERYDAY_WORDS: Final = """
act add advantage age aim air alert alien amid amount angle ape apex apron arch area aria arm army
art ask atlas atom aura auto avid award axis baby back bad bag ball ban band bank bar bark base
basic basket bat bath beam bear beat bed best better big bin bind biologic biological bit black
blade block blue board body bold book boss bottle bound bow box brain branch brand brave break
bridge brief bright bring broad brother bud build bull burst bus butterfly bye cable cache cadaver
cage call calm camel camp can candidate cap cape car card cardinal care cargo case cast castor catch
cause cave cell center century chain chair chance change channel chaos chip choice chop circle city
class clean clear click clinical climb clip clock close cloud club coil cold collar color combo come
common compass complete condor cope copy cord core correct cosmetic cost counter coupe cover crack
craft crest crop cross crown cruise cry cryptic cube cut cycle cycling daily damage damp dan danger
dare dark dart dash data date dead deal dear decade deep defender delight dent desert design desk
diablo dim dip direct dirt disc dish disk dive dock double dream drill drink drive drop drum dry
dual dust duty eager ear early earth easy eat echo edge effect egg element elite emergency empty end
enemy energy engine enter equal era essence eve even event evidence exit expert express eye face
fact factor fair fall false family fan far fast fat fate favour fear fed feed feel field fight
figure file fill film final find fine finger fire firm first fish fit five fix flag flame flat
flight flip float floor flow flower focus fold follow food foot force forest forge form formal fossa
found four fox frame free frequent fresh friend frog front fruit full fun fuse future gap garden
gate gave gem gene general genesis get ghost giant gift give glad glass global glove go goal gold
good grade grain grand graph great green grey grid grip ground group grow guard guest guide gun hair
half hall hand happy hard harm hat hawk head health heart heat heavy height helix help hero hide
high hill hint hip hit hold hole home honest hook hope horn host hot house hunt hybrid ice icon idea
ideal idle image impact impulse inch increase index indicator inner input insert inside institute
intent island item jack jade jaw jet job join joint joker joy juice jump junior junk key kick kid
kill killer kin kind king kiss kit knee knife knock know lab label labor lace lack lad lady lag lake
lamp lance land lane lap large laser last late later laugh law layer lazy lead leader leads leaf
leap learn left leg legend lens let letter level lid life lift light like limb limit line link lion
lip list listen little live load lobe local lock log logic long look loop loss lost lot loud love
low luck lucky lump luminal luna lunch mad made magic main major make male mandate map march mark
mask mass mast master match mate matter max maybe maze meal mean means measure meat media medium
meet mental menu mercy merge merit mesh met metal method mid mild mile mind mine mini minor mint
mirror miss mission mix mode model moderate modest moment money moon moral morning moss motion motor
mount mouth move mud mute name narrow natural nature near neat neck need needle nerve nest net never
new next nice night nine nod node noise none norm normal north nose note null number nurse object
ocean odd office oil old olive open optimum option orange order origin orphan outer output owl pace
pack pad page paint pair pale palm pan panel paper park part participant particle partner party pass
past paste patch path pause peace peak pen people peptic perfect period permit person pet phase
phone phrase pick picture piece pigeon pile pilot pin pink pipe place plain plan plane plant plastic
plate play plot plug plus pocket point pole police pond pool poor pop porcupine port pose position
post pot pound powder power press prime primer prince print prior private problem product program
prompt proof prove pull pulse pump punch pure purple push put queen quest quick quiet race rack
radar radical raft rage rail rain raise ramp range rank rapid rare raster rate raven raw ray reach
read ready real rear reason recall record red regular relay remote repair report rescue rest result
return rich ride right ring rise risk river road robin rod role roll roof room root rose rough round
route row royal rule run rush sack sad safe said sail sample san sand satisfied save saw say scale
scan scope score scout screen script sea seal search season seat section see seed seen self send
senior sense serial series set seven shadow shape share sharp shed shell shift ship shirt shoot shop
short shot shoulder show shut side sign signal silent simple sing single sink sister sit site six
size skin skip sky slam slap sleep slice slide slim slip slit slope slow sly small smart smile smoke
smooth snap snare snow social soft soil sole solid solo solution song soon sort soul sound source
south space span spare spark spatial speak special speed spell spend sphere spin spine spirit spit
split spoke sport spot spread spring sprint spy square stack staff stage stain stair stamp stand
star start state station status stay steal steel stem step stick still stock stone stop store storm
story straight strain strand stream street strength strict strike string strip strong structure
student study style sub success sugar suit sum summer sun super support sure surface swallow sweet
swift swim swing switch symbol system table tablet tactile tail take talk tall tank tap tape target
task taste taxi tea teach team tear tell ten tense term test text thank theme thick thin thing think
third thorn thread thrive ticket tide tie tiger tight time tin tiny tip tire title today toddler
tone tongue tool top torque total touch tough tour tower town toy trace track trade trail train
trait transit trap travel tray treat tree trend triad trial triangle trick trim trip triple true
trunk trust truth try tub tube tune tunnel turn twin twist type ugly unable uncle union unique unit
unity upper urban usual vale valley value van vast vault vector veil verb verse vest video view
village vine violet visit vital vivid voice void voltage volume vote wage wait wake walk wall want
war ward warm warn wash waste watch wave way weak wealth wear weather web wedge weight well west wet
wheel whip whirl whisper white whole wide wife wild wimp win wind window wine wing winner winter
wire wise wish wolf wonder wood word work world worry worth wrap wrist write wrong yard young youth
zero zone
""".split()
# Two words, which each have their own use.
EVERYDAY_PHRASES: Final = ("birth weight", "body weight", "clinical course", "not available")
