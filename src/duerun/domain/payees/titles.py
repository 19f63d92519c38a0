"""Words around a person's name that do not name the person, and words that join holders.

Source: the VOP wire specification, 12.1 (titles, joiners) and 12.2 (particles); lists of customary salutations.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TITLES = _words("""
    mr mrs ms miss mx dr sir dame lord lady rev reverend fr hon gen general lt lieutenant colonel captain
    major sgt sheikh shaikh sheik haji hajji mullah maulavi qari imam prof professor doctor mister capt
    col maj herr herrn frau hr fr frl fraulein dipl ing mag med phil jur rer nat pol habil oec theol vet
    dent mmag ddr bsc msc ba ma mba kfm kffr ingenieur direktor dkfm komm kommr komr rat lic m monsieur
    madame mademoiselle mme mlle mm mmes me maitre docteur sr sra srta senor senora senorita don dona dna
    sig ra ssa sigra signor signora signorina dott dottssa dottore dottoressa avv avvocato arch ing geom
    rag cav dhr de heer mevr mevrouw mw drs ir mr meneer meester pan pani ks inz mgr hab ing mudr judr
    phdr mgr bc rndr pharmdr doc paeddr mvdr thdr csc eng engo enga exmo exma dra doutor doutora senhor
    senhora prof profa hra herra rouva rva fru froken doktor smt shri sri shrimati kumari bay bayan sayin
    av gosp gospodin gospodja gospa dl dna domnul doamna dipl kyrios kyria eheleute familie ehel fam
    """)
# One letter or a usual name besides: a title only where a dot or a word of the list above follows it.
DOTTED_ONLY = _words(
    "m don dona fr de heer me ba ma mm mag phil med rat col maj nat pol kumari pan bay av doc dame lord ra ssa "
    "arch hon ing hab cav fam eng"
)
TRAILING_TITLES = _words("phd msc bsc mba md csc llm jd mbe obe cbe esq bakk")
SUFFIXES = {
    "jr": "jr",
    "junior": "jr",
    "sr": "sr",
    "senior": "sr",
    "ii": "2",
    "iii": "3",
    "iv": "4",
}
DOTTED_SUFFIXES = {"jun": "jr", "sen": "sr"}
PARTICLES = _words("""
    de da do di du dos das del della dello dei degli dal dalla van von der den ten ter zu zum zur vom la le les lo el al
    ul ap af av bin ibn bint ben abu y e o und of
    """) - frozenset({"o", "und", "of"})
LATE_PARTICLES = frozenset({"ben", "abu", "e", "y", "al", "lo", "av", "el"})

# Joiners that are no letters of a name in any place, and those that can be: a vowel, a pronoun or a particle.
JOINERS = _words("and und et og och oder or oraz ja eller sowie ve és es és eta kai και и та або или")
WEAK_JOINERS = _words("u. e y i o ou a en of si och in ir un u ed og ja i é és і й")
COMMON_GROUND = {"gp": "gemeinschaftspraxis", "ra": "rechtsanwalt", "rae": "rechtsanwalte"}

# Words of trade that no person is named (source: the VOP wire specification, 12.2, point 8b).
BUSINESS_WORDS = _words("""
    consulting consult consultancy beratung unternehmensberatung services service solutions trading handel
    handels company group gruppe groupe holding holdings bank versicherung insurance transport transporte
    transports logistics logistik bau construction constructions construcoes costruzioni immobilien
    immobilier immobiliare properties design studio atelier shop store boutique restaurant cafe bar
    pizzeria hotel praxis kanzlei apotheke pharmacy garage auto autohaus elektro sanitar heizung gartenbau
    malerbetrieb schreinerei backerei metzgerei it software media marketing agency agentur agence agenzia
    events catering plumbing electrical builders enterprises industries partners partner associates
    foundation stiftung verein association club international verlag banco banque banca stichting
    fondation fondazione fundacion hotels national university universitat gemeinde stadt firma
    """)
