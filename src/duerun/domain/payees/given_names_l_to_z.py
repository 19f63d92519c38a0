"""Given names in plain letters, L to Z, beside those of `given_name_data`; many are surnames, too.

Source: general knowledge of usage in the countries of the European Economic Area, Switzerland, the United Kingdom, the
United States, Turkey, Ukraine and Russia.
"""

NAMES = """
labhras lacey lachezar lachlan lacramioara lacy ladina ladislao ladislaus ladislav ladislava laetitia laia laimis
laimonas laimonis laine lajos lale lalka lamar lamberto lambrini lamia lamont lana lance lancelot laoise lari larisa
lars larsola larus larysa lasma latasha latif latife latoya laufey lauma lauras laure laureano laurel laureline
laurene laurentia laurentino laurentiu laurentius lauretta laurette lauri laurie laurien laurin laurinda laurindo
laurine lauris laurits lauritz lauro laurynas laverne lavinia lavr lavrenti lavro layton lazar lazaro lazaros lazzaro
leana leander leandra leandre leandro leane leanna leanne leano lech lechoslaw leda lee leea leen leendert leentje
lehel leho leia leida leif leigh leighton leilani leili leire lela leland lelia lelio lembit lenart lenie lenka lenke
lenni lennon lennox lenora lenuta leocadia leocadio leokadia leokadija leon leonas leonce leoncio leone leonel leonid
leonida leonidas leonilda leonilde leonoor leonor leonte leonti leontina leontine leonty leopoldina leopoldo leos
leroy les lesia leslaw lesley leslie lester lesya leszek leticia letitia letizia lev levent levente levin levko lexie
leyre lian liana liane lianne libena libera liberata liberato libertad liberto libor liboria liborie liborius libuse
lica licia licinio lida lidewij lidiia lidija lidio lidiya lidmila lien liene lies lieselot liesje lieve lieven liga
ligia liia liidia liina liisa liisi liivi lijana lijsbeth lika lilia liliana liliane liliia lilija lilita liliya lilja
lill lilla lillemor lillie lilo lilou lilyana linards linas lincoln linde line linea lineke linette linn linnea lino
linus lio lion lionel lipot lis lisanne lisardo lise lisen lisette lison lissi lito litsa liudas liudvikas liva livia
liviana livija liwia liza lizzy ljerka ljilja ljiljana ljuba ljuban ljubica ljubinka ljubisa ljubo ljubomira lleucu
llewellyn llinos llorenc lloyd lluc llucia lluis llyr loan lobke lode lodewijk loek loeke loes loesje loftur logan
logi lois lolita london lone loni lonneke lonnie lope lora loraine lorcan loredana lorella loren lorene loreno loreta
loreto loretta lorette lori loriana lorie lorin lorinc loris lorna lorraine lot lotta louane louella louie louisette
loukas loukia loulou loup lourenco lova lovis lovisa lovorka lovre lovro lowell lowie lowri luan luana luba lubica
lubomira lubomyra lubor lubos luc luce lucette lucica lucienne lucila lucile lucilia lucilla lucille lucinda lucio
lucius lucja lucrece lucrecia lucretia lucrezia lucyna ludek ludger ludivine ludmilla ludo ludomir ludovica ludovico
ludovina ludovit ludwika luigia luigina luisella luit luitgard luitpold luiza luk lukasz lukian lukrecija lukretia
lula luminita lumir luna lupe lutfi lutfiye luther luuk luz luzia luzius lydie lykke lyla lyle lyna lynda lyndon
lynette lynn lynne lyra lyse lyuben lyubka lyubomira lyuboslav lyudmil
maaike maaria maarika maarit maarja maartje mabel mable maca macarena macario machiel machteld maciej macit mackenzie
macy madalena madalin madalina maddalena maddison maddox madeleine madelief madeline madelyn madison madita madlaina
madlen mae maebh mael maelys maeva maeve mafalda magali magalie magaly magdalini magdolna magne magnea magnhild
magnolia maguelone mahaut mahir mahsun mai maia maialen maida maie maija maiju maik maika mailo maini mair maire
mairead mairin mairis maisie maitane maite maj majda makar makbule makis maks maksim maksym malachi malachy malcolm
malcom malena malene mali malia malik malika malin malina mall malle mallory malvin malwine manca manel manfredo manja
manlio manol manole manolis manon manos mansur mantautas mante manthos manyi mar mara marceau marceli marcelina
marceline marcelino marcella marcelle marcellina marcellino marcello marcellus marcelo marcia marcial marcio marcis
marcjanna marcu marcy mare mared maredudd marei mareks maren maret marfa margalida marged margery margie margita
margitta margrit marguerite margunn margus marharyta mari mariah mariam mariangela marianna marianthi maribel marica
maricarmen maricel maricela maricica maricruz marie mariel mariela mariella marielle marieluise mariet marieta
marietta mariette marij marijan marijana marije marijo marijonas marika marilena marilia marin marine marinela
marinella marinica marinko marino marinos mariola mariolina maris marisa marisella mariska marisol marissa maristella
marit mariusz mariyan mariyana marja marjaana marjan marjana marjanca marjatta marjo marjolijn marjon marjorie marjory
marju marjukka marjut markella marketa markku marla marley marlies marliese marlijn marlis marloes marlon marlou maro
marques marrit marsaili marsha marshall marte marthe marti martial martien martijn martim martine martinha martino
martins martirio martje martta martti marttu martyn martyna martynas marva maryana maryla maryline marylou maryna
maryse maryvonne marzanna marzena masa mason massimiliano massimo matas mateus mateusz matevz mathea mathurin mati
matic matija matild matina matko mato matous mattea matthaios matthildur mattia mattie mattis matus matvei matvey
matvii matz maud maude mauno maura maureen mauri mauricette maurits maurizia mauro maurycy mavis maxence maxima maxime
maximiano maximin maximino maximo maxine maxwell maya mayla maynard mazhar mazlum mckenna mckenzie meabh meagan mecia
medard mediha meelis meeri mees megan meghan meho mehtap meic meindert meinhard meinolf meinrad meirion melahat
melaine melania melba melchior melchiorre melchor melda melek melih meliha melike melina melinda meline melis melisa
melissande melitta melle melodie melody melpomeni mels meltem melva melvin memduh menekse menelaos menna menno meral
mercede mercia mercy meredith merel merete merethe meri merijn merike merima meritxell merja merle merlijn merlin
merrill mersad mersiha mert mertcan merve mervi meryem mesut meta mete metehan metin metka metod metodej metodi meurig
mevlida mevlude mevlut micah micha michalina michalis michela michelangelo michelina micheline michiel mickael
mieczyslaw mieczyslawa miek mieke miel mien mies mieszko miglena miha mihael mihails mihaita mihajlo mihaly mihangel
mihnea mihovil mihriban mihrimah miika miikka mija mijo mikayla mikk mikkeline miklos mikolaj miksa mikulas mikus
milada milagros milagrosa milana milanka milcho milda mile milen milenko miles mileva milica milijana milivoj milivoje
milja miljan miljana miljenka miljenko milka milko millan millard mille milo milorad milos miloslav miloslava miloslaw
milosz milota milou miltiadis milton milutin milva milvi mimi mimma mimmi mimmo mimosa minas mindaugas mindy mine
minea minerva minka minke minko minna minnie minttu mio mioara mira mirabela mirabelle mirac mirain miran miranda
miray mircea mircho mirco mireia mireille mirek mirella mireya mirja mirjam mirjana mirka mirkka mirna miro miron
mirona miroslava miroslawa mirsad mirsada mirsini mirte mirthe mirto miruna mirva mirza misericordia miska mislav
misty mitar mithat mitica mitja mitko mitrofan mitsos mladen mladenka moa modest modesta modestas modeste modesto
modolf modris mogens moira moise mojca mollie momchil momcilo momir monia moniek monroe monta montgomery montserrat
monty moonika mor morag morena moreno morfydd morgana morgane moric moritz morris morta morthen mortimer morton morven
mounir mourad moya mstislav mualla muamer muammer muazzez mucahit muge muharrem muhittin muhlis muhsin muhterem
muireann mujdat mujde mujgan mujo mukaddes munevera munevver munir muradiye murat murdo murielle murray murrough
murtaza musa muserref mutlu muzaffer muzeyyen mya myfanwy mykhaylo mykolai mykolas mykyta mylene myles myra myriam
myrna myron myroslava myrsini myrthe myrtille myrtle myrto
nabil nada nadege nadica nadiia nadine nadir nadire nadzieja nae nagihan nahit naida naile naim naima naime naina
najat nala nalan namik nana nanda nandor nanette nanna nanne nanny nansi naomi napoleao narcis narcisa narciso
narcisse narcyz nassim nassima nastasia nastasija nastasja nastasya nastazja nata natacha natale natalina natalino
nataliya natanael natasa natascha natassa natasza natercia nathanael natividad nauris naya nayden naz nazan nazar
nazare nazaret nazarii nazario nazife nazim nazire nazli nazlican nazmi nazmiye nazzareno nea neacsu neal neasa
nebahat nebojsa necati necdet necip necla necmettin necmi necmiye neculai neda nedelcho nedeljka nedeljko nediljko
nedim nedyalka nedyalko nedzad neea nefeli nefise nehir neil nekane nektaria nektarios nela neli nella nelleke nelli
nellie nello nelly nelson nelu nely nemanja nemesio nena nenad neno neo neoklis nepomuk nera nerea nergis nerijus
neriman nerina neringa nerio nerma nermin nermina nerys nese neset neslihan neslisah nesrin nesta nestor nestoras
nestore netta nettie neus neuza neva neven nevena nevenka neville nevin nevio nevra nevzat newton nezahat nezih nezihe
nia niall nicanor nicasia nicasio niccolo nichifor nicla nicodim nicolai nicolasa nicolau nicoleta nicoletta nicoline
nicolo nicu niculina nida nidia niek nienke nieves nigar nigel nihal nihan nihat niilo niina nijole nika nikanor
nikica nikifor nikiforos nikita nikitas nikki niklaus nikodem nikodim nikol nikoleta nikolett nikoletta nikolina
nikoline nikos nil nilay nilde nilgun nilo nilsu nilufer nimet nimrod nine ninon niovi nitsa nives niyazi nizamettin
njaal njal noa noam noe noelia noelie noella noelle noemia noirin nojus nola nolan nollaig nolwenn nomeda nona nonna
noomi noor noortje norberto noreen norica norina norma norman normunds norris notburga noura nova novak novella novica
nuala nuh nuno nunzia nunzio nur nuran nuray nurcan nurdan nureddin nurettin nurgul nurhan nuri nuria nuriye nursel
nursen nurten nuutti
oana obrad octave octavia octavian octavie octavio oda odalis odd oddbjorg oddbjorn oddgeir oddmund oddny oddrun oddur
oddvar odessa odeta odete odette odhran odile odilo odilon odin odo odoardo odon odysseas oene ofelia ognjen ognyan
ognyana oguz oguzhan oihane oili oiva ojars okan okay oktawia oktawian oktay ola olafia olafs olai olaia olalla olatz
olavi olavo olcay oldrich oldriska olegario olegs olesia olesya olev olgica olgierd olgun olimpia olimpiada olimpiu
olinda oline olita oliva olive olivera oliverio olivie oliviero oliviu olja olle olwen olympia olympie oma ombeline
ombretta omelian omero omur ona onat onder ondine ondrej onisim onni onno onofre onofrio onufry onur onural onysia ood
oonagh opal ophelia ophelie ora oran orazio orchidea orcun orest oreste orestis orfeo orhan oriana oriane orianne
orietta oriol orkun orlaith orlando orlane orlin ornella orsi orsolina orson ortrud ortrun ortwin orville orvokki
orysia osian osip osk oskaras oskari oskars osmo osmund ossi ostap osvald osvalda osvaldo osvalds oswald oswin oszkar
otakar otavio otfried othmar otis otmar oto otso ott ottar ottavia ottaviano ottavio ottokar ottone otylia otylie
ourania outi ove ovidia ovidio ovidiu owain owen oxana oya oyku oykum oystein oyvind ozan ozay ozcan ozdemir ozden
ozge ozgun ozgur ozkan ozlem oznur
paal paavali paavo pablo padraic padraig paige paisley pajo pakize pal palina pall palma palmira palmiro paloma pamfil
pamir panagiota panait panayiota pancracio pandora pankrac pankraz panna panos pansy pantaleon panteleimon pantelimon
pantelis panu paolino par paraschiva paraskevas paraskevi paride paris parker parla pascale pascaline pascalle pascu
pascuala pasi pasquale pasqualina pasqualino patience patricija patricio patrizia patrizio patrocinio patrycja patryk
patsy patti pau paudie paule paulette pauli paulien pauliina paulin paulino paulius paulo pauls pavao pavla pavle
pavlina pavlos pavol paxton payton paz pearl peer peetu peik pejo peker pelageya pelagia pelayo pelin pelle pencho
penelope penka penny pentek pentti pepijn perceval percival percy pere perfecta perfecto perica perihan periklis perka
perla pernilla pernille pero perpetua perrette perrine perry persefoni perttu pervin petek peteris petko petrana
petranka petras petre petri petrica petrija petrina petronela petronila petroula petru petrut petruta petteri petula
petur petya petyo peyton phelim philemon philibert philippine philippos phillis philomene phoebe phyllis piedad
piedade pien piera pierangela pierangelo pierantonio piercarlo pierce pierfrancesco piergiorgio pierina pierino
pierluigi piero pierpaolo pierrette pierrick piers pieterjan piia pille pilvi pim pimen pina pinar pinelopi pinja pio
piper pippo piret pirjo pirkko pirmin piroska pista pius placida placide placido plamen plamena platon pleun pleuni
pol pola polat policarpo polikarp polina polona polychronis polydoros polyxeni pompeo pompeyo pompiliu ponce pongrac
ponzio popi poppy porfirio porfiry porter portia porzia poul povilas povl poyraz pranas pranciskus praskovya pravoslav
prazeres preben predrag premysl presiyan preslav preslava preston priit primo primoz primrose prisca priscila
priscilla privat prodromos profira proinsias prokhor prokip prokofi prokop prokopis prosper prospero prudence
prudencia prudencio przemyslaw przybyslaw pura purificacion pyry
queenie quentin quim quincy quinn quinten quintin quintino quinto quinton quirico quirijn quirin quirine quiteria
raakel rab rabah rabia rachida rada radan radana rade radek radenko radica radik radim radina radisa radivoje radka
radko radmila radmilo rado radoje radojica radojka radojko radomir radomira radomirka radosav radoslav radoslava
radoslavka radoslaw radostin radostina radosveta radovan rae raf rafaela raffael raffaela ragip ragna ragnar
ragnheidur ragnhild ragnhildur ragnvald rahela rahime rahmi raija raik raili raimar raimo raimonda raimondas raimondo
raimonds raimundas raimundo raina raino raisa rait raitis raivo rajka rajko rajmund rakel ralitsa rallou raluca
ramazan rami ramiro ramona ramsay ramunas ramune rana ranald randal randall randi randolf randolph randy rania raniero
ranka ranko raphaela raphaelle rares rasa rasim rasma rasmus rastislav rastko ratimir ratka ratko rauha rauni rauno
raven raycho raylene raymonde rayna razvan rea reagan rebeca rebecka recai recep redouane reece reed reelika reese
reet refik refika regan reggy regimantas regine regis regitze regolo reid reidar reidun reija reijo reilly reima
reimar reimer rein reinaldo reine reinette reinhild reinmar reino reinoud reinout reint reka relu remco remedios remi
remigio remigiusz remko remo remus remy remzi remziye rena renars renathe renato renaud renaude renee reno renske
renza resat resit rex reyes reyhan reyna reynaldo reynir rezso rhea rhett rhiannon rhoda rhodri rhona rhonda rhydian
rhys ria riana rianne ricardas riccarda rickard rickey rickie rico ridvan riek rieke rients riet rifat rifet rigoberto
rihard rihards riikka riina riitta rikke rikkert riley rima rimantas rimas rimma rina rinaldo rinat ringaile rino
riona risto ritske ritva ritvars riza roald roar robbe robbert robertas roberte roberts robustiano rocco roch rochelle
rochus rocky rod roderich roderick rodica rodion rodney rodolphe rodrigo rodrigue roe roel roelien roelof rogatien
rogelia rogelio rogerio roi roisin rok rokas roko roksana roksolana rolandas rolande rolando rolands rolv roma romana
romane romano romao romaric romas romeo romeu romilda romina romolo romuald romualdas romualdo romulo romulus ronalds
ronan ronda roni ronja roope roos roosevelt roosje roosmarijn roque rosalba rosalie rosalinda rosalinde rosamund
rosamunde rosana rosangela rosanna rosaria rosaura roscoe rose rosella rosemonde rosen rosendo roser rosetta rosette
rosica rosina rosinda rosita rositsa rosl rosmunda rosolino ross rossana rossano rossella rossitsa rosso rostislav
rostyslav roswitha roula rowan rowena roxana roxane roxanne roy royce rozalia rozalija rozsa ruadhan ruairi ruaridh
rubem rubin ruby rudite rudolfs rudolph rudy rufina rufino rufo rufus rugile ruhi rui ruken rukiye rumen rumyana runa
runar rune runhild rupert ruperto rupprecht ruprecht ruslan ruslana russel russell rusty rute rutger ruthie ruud ruusu
ruxandra ruya ruza ruzdija ruzena ruzgar ruzha ruzica ryan ryder ryker rylan rylee ryszard ryszarda rytis
saadet saana saar saara sabah sabahat sabahattin saban sabatino sabin sabina sabino sabri sabrina sabriye sacide sade
sadettin sadhbh sadie sadik sadri saedis saemundur saethor saevar safak safet saffet saffron safiye saga sage sagrario
sahin saida saija saila saim saima saimi saini salih saliha salim salima salka salla salli sallie sally salme salomao
salome salomea salomon salud salustiano salvador salvadora salvija salvo salvor samanta samara samet sami samia samiye
samo sampo samra samson samu samuela samuele samuli samy sancha sancho sanda sandel sander sandi sandis sandor sandro
sandu sanel sanela sanem sanita saniye sanja sanni santa sante santeri santina santino santo santos santtu saoirse
sari sarina sarino sarlota sarmite sarolta sarp sarunas sas sasa sasho saska saskia sati satu saturnin saturnina
saturnino saul saule saulius sava savas saveli savely saverio saveta savin savina savino savo savva sawyer scarlet
scarlett scot scott sead seada seamus seanan sebastiana sebastiano sebastiao sebastijan sebbe sebestyen secondo
secundino seda sedat sedef segismundo segolene segundo seher seija sejad selahattin selami selcan selcuk selda selen
selena selene selim selin selina selma selman selvi semih semiha semir semira semra sena senad senada senan senem
senga seniha senka senol seppe seppi seppo septimiu sera serafim serafima serafin serafina serafino seraina serap
seraphim seray serban sercan serdar seren serena serenella sergejs sergiusz serhan serhat serkan sermin serpil sertac
servaas servane servatius servet sesselja seth settimio sevastyan sevda sever severiano severin severina severine
severino severo sevgi sevgul sevil sevilay sevim sevinc sevket seweryn seweryna seyfettin seyfi seyit seyma seymanur
seymour sezai sezen sezer sezgin shane shania shanna shannon shari sharlene sharon sharron shauna shawna shay sheena
sheila shelby sheldon shelia shelley shelly sheree sheri sheridan sherman sherri sherrie sherry sherwin sheryl shirley
shona sian siard sibel sibilla sibylle sicco sidoine sidonie siebe siebren siegbert sieghard sieglinde siegmar siegrid
siegrun siegward siem siemen sien sienna sientje sierra sietse sietske sif sigbjorn sigfus siggi sighvatur sigita
sigitas siglinde sigmar sigmundur signe signhild signy sigrid sigrun sigthor sigthora sigtryggur sigurbjorg sigurd
sigurdur sigurjon sigurlaug sigurlina sigurros sigurveig sigve siim siiri sijmen sila silas sile silja silje silva
silvano silverio silvestru silvi silvija silvino silviya silvo simao simas simina simo simonas simoneta simonetta
simplicio sina sinan sinclair sindre sindri sindy sinem sinforosa sini sinikka sinisa sinja sintija sioned sira siren
siri sirin sirje sirkka sirkku sirli siro sirpa siru siska sisko siv sivert siwan sixten sixtine sixto sixtus sjaak
sjaan sjef sjoerd sjoukje sjur skaidrite skaiste skarphedinn skirmante skuli skye slav slavcho slaven slavenka slavi
slavica slavka slavko slavoj slavoljub slavoljubka slavomir slavomira slavyana slawomir slawomira sloane slobodan
slobodanka smaranda smari smilja smiljana smiljka smilla snaefridur snezhina sniedze snizhana snorre snorri soare
sobeslav sobieslaw socorro soetkin soffia sofiane sofiia sofija sofoklis sofus sofya sohvi soile soili sointu soizic
sokratis sol solange solbjorg sole soledad solene solenne soley solfrid soline solomiia solomiya solomon solon solrun
solvei solvi solvita soma sona sondra soner songul sonnhild sonny sontje soraia sorana soraya sorcha sorin sorina
sorley sotiria spartaco spas spaska spela spencer spiridon spomenka spyridon spyridoula srecko sreten stacey staci
stacie stacy stamat stamatia stamatina stamatios stamatis stana stanca stane stanica stanimir stanimira stanislas
stanislaus stanislava stanislawa stanislovas stanka stanko stanoje stanton stase stasys stathis stavroula steen stef
stefani stefaniia stefanija stefaniya stefano stefanos steffie stefka stein steinar steingrimur steinn steinthor
steinulf steinunn stela stelian steliana stelios stelu stepanida stepanka stephane stergios sterling stevan stevica
stevo stian stibor stien stig stiina stijn stiliyan stina stine stipan stipe stjepana stoja stojan stojanka stoyan
stoyanka stoycho strahinja stratos struan sture sturla styliani stylianos styrbjorn styrkar styrmir suad suada suat
sude suha suheyla sukran sukriye sukru sule sulejman sulev suleyman sulo sulpicio sultan sultana sumeyye summer suna
sunay suncica sune sunhild sunna suoma susana suse susete suus suvi suzana suzette suzon svala svanhildur svante
svanur svatava svatopluk svava svea svenerik svenja sverker sverre sverrir svetislav svetla svetlin svetlozar
svetoslava svetozar sveva swann swantje swen sybil sybille sybren sydney sylke sylva sylvain sylvaine sylvana
sylvestre sylvette sylvi sylviane sylwester sylwia synne sytse szabina szabolcs szandra szczepan szczesny szidonia
szilard szilveszter szilvia szimonetta szofia szonja
taavetti taavi tabatha tabea tabitha tadas tade tadej tadeja tadhg tage taha tahir tahsin taimi taina tairi taisia
taisiia taisiya taisto takis talat talha talis tamar tamas tameka tamer tami tammie tammy tamsin tana tanase tancredi
tanel taner tanguy tanisha tanner tapani tapio tara tarcisio tarik tarja tarjei tarkan tarmo taru tas tasha taskin
tasos tasoula tassilo tate tatu tatum tautvydas tavish tayfun tayfur taylan taylor tayyip tazio tea tecla teele teemu
tegan tegwen teija teijo teitur tekin tekla telemachos telemaco telesforo telimena tellervo telma telmo temel
temenuzhka tena teodora teodoras teodoro teodors teodosi teodosia teodosio teofil teofilis teofilo teohar teoman teppo
terenti terese teresina teresinha teresio terez terhi teri terje tero terrell terri terttu terzo teun teunis teuntje
tevfik tezcan thaleia thalia thanasis thanos tharald theano thekla thelma themis themistoklis theocharis theodoor
theodora theodoros theodosia theodosios theofanis theofano theofilos theologos theoni theophile thera therese thies
thijmen thilo thiphaine thodoris thom thomai thomais thor thora thoralf thorarinn thorbjorg thordis thordur thore
thorey thorgeir thorgerdur thorhallur thorhildur thorkell thorlakur thorleif thorleifur thorsteinn thorunn thorvald
thorvaldur thrasos thrasyvoulos throstur thure thyra tia tiana tiara tiberiu tibor tichomir tiemen tiernan tiffany
tihamer tihana tihomir tihomira tiia tiit tiiu tijana tijen tijmen tijn tijs tikhon tilda tilde tilen tilio timea
timofei timofey timon timos timoteo timoteus timothe timothee timur tin tineke tinna tinne tino tiphaine tiril tirill
titas titi titia titika tito titos titta titus tivadar tiziana tiziano tjalling tjark tjasa tjeerd tjerk tjitske
toader tobia toby todd todorka toini toivo tolga tolgahan tolunay toma toman tomasa tomaz tome tomi tomica tomira
tomislava tomke tommasa tommaso tommie tomo tomos toms tone tonia tonino tonis tonja tonje tonka tonny tonu tonya toos
topaz topi toprak tor tora toralf torborg tord tore torfinn torgeir torgny torgrim torgunn toribio torill torkel
torkild torleif torolf torolv torquato torquil torunn torvald totka touko toussaint tove tracey traci tracie tracy
traian traugott travis treasa trees trent trenton trevor trey triantafyllia triantafyllos triin triinu trijntje trina
trine trinidad trinity tripp trisha tristan tristao tristram troels trofim trokhym trond troy trpimir trude trudel
truls truman truus tryfon tryggvi trygve trym tsanko tsenka tsveta tsvetan tsvetana tsvetanka tsvetelin tsvetelina
tsvetko tsvetomir tsvetomira tucker tudora tudorel tudorita tudose tudur tufan tugba tugberk tugce tugra tuija tulay
tulin tullia tullio tuna tunahan tunay tuncay tuncer tunde tuomo turan ture turgay turgut turhan turid turkan turlough
turner tuukka tuula tuuli tuulia tuulikki tuur tuure tuva twila txema ty tyge tygo tykhon tyko tyler tymofii tymon
tymoteusz tymur tyra tyree tyrell tyrone tyson tytti tytus tyyne tzeni
ubaldo ueli uffe ufuk uga ugne ugnius ugo ugur uku ulas uldis ulfar ulises ulisse ulisses ulku ullar ulle ulrik ulrika
ulrikke ultan ulviye ulysse ulysses umay umberta umit ummuhan umran umut una unai unal unity unnar unni unnur uno unto
uolevi ural urbano urdur urho urko urmas uros urpo ursa ursel ursina urska ursule ursyn urte urve ustinya utkan utku
utz uuno uvis
vaclav vaclava vadim vadym vagia vahap vahide vahit vaida vaidas vaidotas vaike vaino vaios vaiva vajk val vala
valborg valda valdas valdemar valdemaras valdimar valdis valdo valdur valencia valent valentijn valentim valentinas
valentine valentini valentino valentyn valentyna valer valerian valeriano valeriia valerija valerius valeriy valeriya
valgeir valgerdur vali valma valters valto valtteri valur valve van vance vanda vanesa vania vanja vanna vanni vappu
varlam varvara vasara vasco vasileia vasileios vasilena vasilica vasilije vasiliki vasilina vasilisa vasilka vasillis
vasko vaso vassiliki vassos vasylisa vasylyna vatroslav vaughan vaughn vavrinec vazul vedat vedis vedran vedrana veera
veerle vefa vega vegard vehbi veijo veikko veiko veini veit vejas veli velibor velichka velichko velimir velin velina
velislav velislava velizar veljka veljko vello velma venanzio vencel venceslas vendelin vendula venelin venera
veneranda veniamin venla vents ventsislav ventsislava ventura verena vergil verginia verica verity verka verle verna
verneri vernon vernor veronique verute vesa vesela veselin veselina veselinka veselka veska vetle veysel veysi vezio
viacheslav viara vibeke vicenc vicencia vicenta vicentiu vickie victoire victoriano victorien victorine victorino
victorita vid vida vidak vidal vidar vidas vidkun vidoje vidor vidosav vidosava vieno viesturs vigdis vigfus viggo
viive viivi vija viki vikki viktoras viktorie viktorija viktoriya vilborg vildan vilde vilem vilena vilgot vilhelm
vilhjalmur vilho vili viliam vilibald vilija vilim vilis vilius viljami viljo villads ville villem villu villy vilma
vilmos vilnis vilte vincencij vincente vincenzina vineta vinka vinko vintila vinzent viola violaine violante violet
violeta violetta violette viorel viorela viorica vira virag viran virgilio virginie virginija virginijus virginio
viron virpi virtudes virva virve visnja vissarion vit vita vitale vitali vitalii vitalija vitalijus vitalina vitaliy
vitaly vitas vitezslav vitezslava vito vitolds vitomir vitor vitoria vitorino vittore vittoria vittorina vittorio
viveka vivi viviana vjekoslav vjera vjeran vlada vladan vladana vladas vladena vladimira vladimiro vladimirs
vladislava vladka vladlen vladlena vlado vladut vladyslav vladyslava vlaicu vlas vlasis vlassis vlasta vlastimil
vlastimila vlastislav vlastislava vlatka vlatko vlayko voica voichita voicu voitto vojin vojislav vojka vojko vojtech
vojtecha voldemars volkan volker volkhard volkmar voula vratislav vsevolod vuk vuka vukasin vuokko vyara vytas
vytautas vytenis
waclaw waclawa wade wagner walburga waldemar waldtraud walenty walentyna waleria walerian walker wallace walther
wander wandrille wannes ward warre warren warwick washington wawrzyniec wayne wenche wencke wendel wendela wendelin
wendell wenke wenzel weronika wes wesley wessel weston whitney wibke wiebe wiebren wieger wieland wiera wies wieslawa
wiet wigand wiggo wijnand wilbert wilbur wilco wilda wiley wilhelmine willa willard willeke willemien willemijn
willibald willis willow wilson wiltrud wina wincentyna winona winrich winston winter wiola wioleta wioletta wislawa
wit witold wladyslaw wladyslawa wlodzimierz wobbe wolfdietrich wolfhard wolfram woodrow wouter wubbo wulf wyatt wyn
xandra xanthi xanthippi xavi xaviere xenofon xesus ximo xoan xose
yacine yael yagiz yagmur yago yahya yaiza yakiv yakup yalcin yaman yamina yana yanis yanitsa yanka yanko yaprak yara
yaren yaryna yasar yasen yasin yasmina yavor yavuz yde yefim yelda yeliz yelyzaveta yemelyan yener yeray yermolai
yesenia yesim yessica yeva yevdokiia yianna yigit yildiray yildirim yildiz yilmaz yiota ylva ymir ymke yngvar yngve
yngvi yoana yoanna yoel yolaine yolande yonca yonka yoran yordan yordanka york yosif yosyp youri yr yrsa ysaline
yseult yucel yuksel yulian yuliyan yunus yurdagul yustyna yvan yvette yvon
zachariasz zacharie zacharoula zafeiris zafer zahari zaharia zahid zahide zaida zaiga zaira zakhar zala zalan zamfir
zamfira zana zanda zane zaneta zara zarko zbynek zbysek zbyszko zdenka zdenko zdislava zdravka zdravko zdzislaw
zdzislawa zeferina zeferino zeger zejna zekai zekeriya zeki zekiye zelda zelia zelie zeliha zelimir zeljana zeljka
zelma zeno zenobia zenon zenonas zenoviy zenta zephyr zerrin zeynel zhana zhanet zhanna zhulieta ziga zigmas zigmunds
zigurds zikmund zilda zina zinaida zinka zinovi zinovia zinoviia zinta zisis zita ziva zivile zivorad zivota ziya
zlata zlatan zlatica zlatija zlatina zlatka zoia zois zoja zola zora zoraida zoran zorana zoriana zorica zorka
zornitsa zoya zrinka zrinko zsanett zsigmond zsofi zsofia zsolt zsombor zsuzsa zsuzsi zubeyde zuhal zulal zulema zulfu
zulkuf zulmira zumrut zuria zuzka zvone zvonimir zvonka zvonko zydrunas zygfryd zygimantas zyta zywia
"""
