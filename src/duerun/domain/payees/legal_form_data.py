"""Legal forms: a class on each line with the spellings that mean it, parted by `;`. Indented lines go on.

Source: the ELF code list of GLEIF (ISO 20275) for which forms exist and their local names and abbreviations, with the
spellings in daily use. A spelling is matched without spaces, dots and marks, so `S. A.`, `SA` and `s.a.` are one line's
`sa`. Words that belong to a name in use (Stichting, Bank, Group, Holding, Trust, Foundation) are no forms here.
"""

FORMS = """
gmbh: gmbh; ges m b h; gesmbh; ges mbh; mbh; gesellschaft mit beschränkter haftung; gesellschaft m b h
ggmbh: ggmbh; gemeinnützige gmbh; gemeinnützige gesellschaft mit beschränkter haftung
ug: ug; ug haftungsbeschränkt; unternehmergesellschaft; unternehmergesellschaft haftungsbeschränkt; ug mbh
ag: ag; aktiengesellschaft; aktienges
kg: kg; kommanditgesellschaft; kommanditges
gmbhcokg: gmbh co kg; gmbh und co kg; gmbh and co kg; gmbh co kommanditgesellschaft; gesellschaft mit
  beschränkter haftung und co kommanditgesellschaft; gesellschaft mit beschränkter haftung co
  kommanditgesellschaft; gesellschaft mit beschränkter haftung co kg; gesmbh co kg; mbh co kg
ugcokg: ug co kg; ug haftungsbeschränkt co kg
srlsp: sociedad de responsabilidad limitada
agcokg: ag co kg; ag und co kg
cokg: co kg; und co kg; compagnie kg
ohg: ohg; offene handelsgesellschaft; og; offene gesellschaft; oeg; offene erwerbsgesellschaft; co ohg
gmbhcoohg: gmbh co ohg
gbr: gbr; gesellschaft bürgerlichen rechts; gesbr; gdbr; bgb gesellschaft; egbr
kgaa: kgaa; kommanditgesellschaft auf aktien
agcokgaa: ag co kgaa; gmbh co kgaa; se co kgaa
seco: se co kg
ek: e k; ek; eingetragener kaufmann; e kfm; ekfm; eingetragene kauffrau; e kfr; ekfr; eu; e u; eingetragener
  unternehmer; eingetragene unternehmerin
ev: e v; ev; eingetragener verein
eg: eg; e g; eingetragene genossenschaft; egen; reg gen mbh; registrierte genossenschaft mit beschränkter
  haftung
partg: partg; partnerschaftsgesellschaft; partgmbb; partnerschaft mbb; partnerschaftsgesellschaft mit
  beschränkter berufshaftung; part mbb; partg mbb
kdor: kdör; körperschaft des öffentlichen rechts; anstalt des öffentlichen rechts; aör
vvag: vvag; versicherungsverein auf gegenseitigkeit
flexco: flexco; flexible kapitalgesellschaft; flexkapg
se: se; societas europaea; europäische gesellschaft
eeig: eeig; ewiv; geie; european economic interest grouping; europäische wirtschaftliche
  interessenvereinigung
sce: sce; societas cooperativa europaea
sagl: sagl; società a garanzia limitata
sa: sa; s a; société anonyme; sociedad anónima; sociedade anónima; sociedade anônima; société anonyme de
  droit public; spółka akcyjna; spolka akcyjna; societate pe acțiuni; societatea pe acțiuni; ae; α ε; αε;
  ανώνυμη εταιρεία; ανώνυμη εταιρία; ανωνυμη εταιρια; anonimi etaireia; anonymi etairia; ανώνυμος εταιρεία
sau: sau; s a u; sociedad anónima unipersonal
sarl: sarl; s a r l; s à r l; société à responsabilité limitée
sarls: sarl s; sàrl s; sarls; société à responsabilité limitée simplifiée
eurl: eurl; entreprise unipersonnelle à responsabilité limitée; sarlu; sarl unipersonnelle
sas: sas; s a s; société par actions simplifiée
sasu: sasu; société par actions simplifiée unipersonnelle; sas unipersonnelle
sca: sca; société en commandite par actions; scpa
scs: scs; société en commandite simple; sec s; secs
snc: snc; société en nom collectif; s n c; società in nome collettivo
sci: sci; société civile immobilière
scp: scp; société civile professionnelle
selarl: selarl; société d exercice libéral à responsabilité limitée
selas: selas; société d exercice libéral par actions simplifiée
gie: gie; groupement d intérêt économique
scop: scop; société coopérative et participative; société coopérative de production
assoloi: association loi 1901; association loi de 1901
ei: ei; entreprise individuelle; eirl
asbl: asbl; association sans but lucratif; vzw; vereniging zonder winstoogmerk
bv: bv; b v; besloten vennootschap; besloten vennootschap met beperkte aansprakelijkheid; bvba; besloten
  vennootschap met beperkte aansprakelijkheid bvba
nv: nv; n v; naamloze vennootschap
vof: vof; v o f; vennootschap onder firma
cvnl: cv; c v; commanditaire vennootschap; commv; comm v; gewone commanditaire vennootschap; gcv
cvba: cvba; coöperatieve vennootschap; coöperatieve vennootschap met beperkte aansprakelijkheid; scrl;
  société coopérative à responsabilité limitée
coopua: ua; u a; coöperatie ua; coöperatie u a; coöperatieve ua; uitgesloten aansprakelijkheid
maatschap: maatschap
eenmanszaak: eenmanszaak
srlbe: sprl; société privée à responsabilité limitée
srl: srl; s r l; società a responsabilità limitata; societate cu răspundere limitată; societatea cu
  răspundere limitată; s de r l; s de rl; société à responsabilité limitée srl; s c srl
srls: srls; srl s; società a responsabilità limitata semplificata
srlu: srl unipersonale; srl a socio unico; società a responsabilità limitata unipersonale; srlu
spa: spa; s p a; società per azioni; spółka partnerska
sasit: società in accomandita semplice
sapait: sapa; società in accomandita per azioni
ss: società semplice
scarl: scarl; s c a r l; società cooperativa a responsabilità limitata; soc coop arl; scrlit; società
  consortile a responsabilità limitata; soc cons arl
soccoop: soc coop; società cooperativa; soc cooperativa
onlus: onlus; organizzazione non lucrativa di utilità sociale
sl: sl; s l; sociedad limitada
slu: slu; s l u; sociedad limitada unipersonal; sociedad de responsabilidad limitada unipersonal
sll: sll; s l l; sociedad limitada laboral
slp: slp; s l p; sociedad limitada profesional
sal: sal; sociedad anónima laboral
scoop: s coop; scoop; sociedad cooperativa; s coop and; s coop ltda
cb: cb; comunidad de bienes
lda: lda; limitada; sociedade por quotas; ltda; sociedade limitada; sociedade por quotas de responsabilidade
  limitada
ulda: unipessoal lda; unipessoal limitada; sociedade unipessoal por quotas; sociedade unipessoal lda; soc
  unipessoal lda; unipessoal ltda
sgps: sgps; sgps sa; sociedade gestora de participações sociais
crl: crl; c r l; cooperativa de responsabilidade limitada
aps: aps; anpartsselskab
asnordic: a s; as; aktieselskab; aksjeselskap; aktsiaselts; akciju sabiedrība; akciová společnost; akciová
  spoločnosť; akc spol; anonim şirketi; anonim sirketi; anonim şti; aktieselskabet
asa: asa; allmennaksjeselskap; allmenn aksjeselskap
ivs: ivs; iværksætterselskab
is: i s; interessentskab
ks: k s; kommanditselskab; kommandittselskap; komanditní společnost; komanditná spoločnosť; kom spol
ps: p s; partnerselskab
ans: ans; ansvarlig selskap
da: da; selskap med delt ansvar
enk: enk; enkeltpersonforetak; enkeltmandsvirksomhed
nuf: nuf; norskregistrert utenlandsk foretak
sadk: smba; selskab med begrænset ansvar; amba; andelsselskab med begrænset ansvar
ab: ab; a b; aktiebolag; aktiebolaget; osakeyhtiö; oy; o y; oy ab; ab oy; osakeyhtiö aktiebolag
abpubl: ab publ; publ; aktiebolag publ; publikt aktiebolag; aktiebolaget publ
oyj: oyj; julkinen osakeyhtiö; oyj abp
hb: hb; handelsbolag; handelsbolaget
kb: kb; kommanditbolag; kommanditbolaget; ky; kommandiittiyhtiö
ef: enskild firma; tmi; toiminimi
ay: avoin yhtiö
osk: osk; osuuskunta
ekfor: ek för; ekonomisk förening
ry: ry; r y; rekisteröity yhdistys
ehf: ehf; einkahlutafélag
hf: hf; hlutafélag
ou: oü; osaühing
uabltd: uab; uždaroji akcinė bendrovė; uzdaroji akcine bendrove
ablt: akcinė bendrovė
mb: mb; mažoji bendrija
ii: individuali įmonė
sia: sia; sabiedrība ar ierobežotu atbildību
ik: individuālais komersants
tuu: tü; täisühing; uü; usaldusühing
mtu: mtü; mittetulundusühing
spzoo: sp z o o; sp zoo; spzoo; spolka z o o; spółka z ograniczoną odpowiedzialnością; spółka z o o; spolka
  z oo
spzoospk: sp z o o sp k; sp z o o spk; spółka z ograniczoną odpowiedzialnością spółka komandytowa; sp z o o
  spółka komandytowa; sp z o o sk
spk: sp k; spk; spółka komandytowa
spj: sp j; spj; spółka jawna
sc: spółka cywilna; s c
ska: ska; s k a; spółka komandytowo akcyjna
psa: prosta spółka akcyjna; p s a
sro: s r o; sro; společnost s ručením omezeným; spoločnosť s ručením obmedzeným; spol s r o; spol sro;
  společnost s r o; spoločnosť s r o
vos: v o s; vos; veřejná obchodní společnost; verejná obchodná spoločnosť
zs: z s; zapsaný spolek
druzstvo: družstvo
jsa: j s a; jednoduchá spoločnosť na akcie
kft: kft; korlátolt felelősségű társaság
nyrt: nyrt; nyilvánosan működő részvénytársaság
zrt: zrt; zártkörűen működő részvénytársaság
rt: rt; részvénytársaság
bt: bt; betéti társaság
kkt: kkt; közkereseti társaság
egyhu: egyéni vállalkozó
nonprofitkft: nonprofit kft; nonprofit korlátolt felelősségű társaság
doo: d o o; doo; društvo s ograničenom odgovornošću; društvo sa ograničenom odgovornošću; družba z omejeno
  odgovornostjo; друштво са ограниченом одговорношћу; д о о; друштво со ограничена одговорност; dooel; shpk;
  sh p k; shoqëri me përgjegjësi të kufizuar
jdoo: j d o o; jdoo; jednostavno društvo s ograničenom odgovornošću
dd: d d; dd; dioničko društvo; delniška družba; акционарско друштво
adrs: akcionarsko društvo
dno: d n o; dno; družba z neomejeno odgovornostjo
sp: s p; samostojni podjetnik; samostojni podjetnik posameznik
obrt: obrt
jtd: j t d; javno trgovačko društvo
ood: ood; оод; дружество с ограничена отговорност; druzhestvo s ogranichena otgovornost; o o d
eood: eood; еоод; еднолично дружество с ограничена отговорност; ednolichno druzhestvo s ogranichena
  otgovornost
ad: ad; ад; акционерно дружество; aktsionerno druzhestvo; a d
ead: ead; еад; еднолично акционерно дружество
et: ет; едноличен търговец
pfa: pfa; p f a; persoană fizică autorizată
scro: sc; s c; societatea comercială
epe: epe; ε π ε; επε; εταιρεία περιορισμένης ευθύνης; εταιρία περιορισμένης ευθύνης; etaireia periorismenis
  efthynis; etairia periorismenis efthynis
ike: ike; ι κ ε; ικε; ιδιωτική κεφαλαιουχική εταιρεία; ιδιωτική κεφαλαιουχική εταιρία; idiotiki
  kefalaiouchiki etaireia
oe: oe; ο ε; οε; ομόρρυθμη εταιρεία; ομόρρυθμη εταιρία; omorrythmi etaireia
eegr: ee; ε ε; εε; ετερόρρυθμη εταιρεία; ετερόρρυθμη εταιρία; eterorrythmi etaireia
ltd: ltd; limited; limited company; private limited company; co ltd; co limited; company ltd; company
  limited; teoranta; teo; private company limited by shares; λτδ; λιμιτεδ; private limited; ltd co
pvtltd: pvt ltd; private ltd; pvt limited; pte ltd; pte limited; pty ltd; pty limited; proprietary limited;
  proprietary ltd; sdn bhd; sendirian berhad
plc: plc; p l c; public limited company; public ltd company; cpt; cuideachta phoiblí theoranta
llp: llp; limited liability partnership; l l p
lp: lp; l p; limited partnership
llc: llc; l l c; limited liability company; ltd liability co; limited liability co; lc; ooo; ооо; общество с
  ограниченной ответственностью; obshchestvo s ogranichennoi otvetstvennostyu; obschestvo s ogranichennoy
  otvetstvennostyu; тов; tov; товариство з обмеженою відповідальністю; tovarystvo z obmezhenoiu
  vidpovidalnistiu; too; тоо; товарищество с ограниченной ответственностью
pllc: pllc; professional limited liability company
lllp: lllp; limited liability limited partnership
inc: inc; incorporated; incorporation
corp: corp; corporation
co: co; company; cie; compagnie
pc: p c; professional corporation; professional corp
na: n a; national association
dac: dac; designated activity company; dga; cuideachta ghníomhaíochta ainmnithe
clg: clg; company limited by guarantee; cuideachta faoi theorainn ráthaíochta; ctr
uc: unlimited company; uc
cic: cic; community interest company
cio: cio; charitable incorporated organisation
jsc: jsc; j s c; joint stock company; ao; ао; акционерное общество; aktsionernoe obshchestvo; ат; at;
  акціонерне товариство; aktsionerne tovarystvo
pjsc: pjsc; public joint stock company; pao; пао; публичное акционерное общество; publichnoe aktsionernoe
  obshchestvo; пат; pat; публічне акціонерне товариство; publichne aktsionerne tovarystvo
ojsc: ojsc; open joint stock company; oao; оао; открытое акционерное общество; otkrytoe aktsionernoe
  obshchestvo; ват; vat; відкрите акціонерне товариство
cjsc: cjsc; closed joint stock company; zao; зао; закрытое акционерное общество; zakrytoe aktsionernoe
  obshchestvo; зат; zat; закрите акціонерне товариство
prjsc: prjsc; private joint stock company; прат; prat; приватне акціонерне товариство; pryvatne aktsionerne
  tovarystvo; нао; nao; непубличное акционерное общество
ip: ип; ip; индивидуальный предприниматель; individualnyi predprinimatel
fop: фоп; fop; фізична особа підприємець; fizychna osoba pidpryiemets
ppua: пп; pp; приватне підприємство; pryvatne pidpryiemstvo
ltdsti: ltd şti; limited şirketi; limited sti; ltd sti; limited şti
astr: a ş; aş
kk: k k; kabushiki kaisha; kabushiki gaisha
gk: godo kaisha
bhd: bhd; berhad
tbk: tbk
sadecv: sa de cv; s a de c v; sociedad anónima de capital variable
sdecv: s de rl de cv; s de r l de c v
eirlpe: empresa individual de responsabilidad limitada
"""

# Forms that stand in front of a name as a habit, by their class.
FRONT_CLASSES = """
    llc jsc pjsc ojsc cjsc prjsc ip fop ppua sia uabltd ablt mb ou asbl vof sci sarl sas sasu eurl selarl scp
    gie srl ab ltdsti doo spzoo asnordic et shpk kft maatschap kg scro sce"""
# Short spellings that are also words or initials: in front, they count only against a side with the same form.
TIMID_FRONTS = (
    "sa as ag kg co ab ao oy at ip pp ou sc mb ad pat vat sas sci ei et too spa scp sia da is gie sce ska"
)

# Classes that share a spelled-out name.
SAME = (("srlsp", "sl"), ("srlsp", "srl"))

# A form and the same one with a single member or a narrower purpose.
KIN = (
    ("lda", "ulda"),
    ("sl", "slu"),
    ("sa", "sau"),
    ("sarl", "eurl"),
    ("sas", "sasu"),
    ("srl", "srlu"),
    ("srl", "srls"),
    ("sarl", "sarls"),
    ("gmbh", "ggmbh"),
    ("ltd", "pvtltd"),
    ("gmbh", "mbh"),
    ("cokg", "kg"),
    ("ab", "abpubl"),
    ("sarl", "srlbe"),
)
