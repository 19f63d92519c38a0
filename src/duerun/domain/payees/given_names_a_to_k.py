"""Given names in plain letters, A to K, beside those of `given_name_data`; many are surnames, too.

Source: general knowledge of usage in the countries of the European Economic Area, Switzerland, the United Kingdom, the
United States, Turkey, Ukraine and Russia.
"""

NAMES = """
aad aada aafke aagot aaltje aapo aare aarni aaro aart aase aatos aatu abbie abbondio abdulkadir abdulkerim abdurrahman
abel abelard abelardo abelone abidin abraham abril achille achilleas ad ada adalbert adalberto adalgisa adalsteinn
adamantia adamantios adamo adan addison adel adela adelaida adelaide adelajda adele adelheid adelia adelina adeline
adelino adelmo adem aderito adil adile adina adisa admir adnan adolf adolfo adolphe adoracion adriaan adrianna adriano
adrianus afet afonso afroditi agaath agafia agapi agapios agapito agatha agathe agathi age aggelos agisilaos aglaya
agne agnese agneta agnethe agostina agostinho agostino agota agripina agris agueda agust agusta agustin agustina ahu
aida aigars aija aikaterini aila ailbhe aili ailsa aime aimee aimo aimone ain aina ainara aine aini aires airi aisling
aislinn aiste aitana aitor aivar aivars aive aki akif akin akis akke akos aksel aku akvile alaattin aladar alajos
alannah alar alba alban albane albano albena alberic alberico alberta albertine alberto albertus albie albin albina
albino albrecht alcides alcina alda alden aldin aldina aldis aldona aled alejandra alejo aleksandrina aleksandrs
aleksanteri aleksi aleksy alen alena ales alesia alessandra alessandro alessia alessio aletta alev alevtina alexandar
alexandrina alexandros alexandru alexia alfhild alfio alfons alfonsa alfonsina alfonso alfreda alfredo algimantas
algirdas algis algot alican alicja alida alie alienor alihan alija alin aline alis alise alison alix aliye aliz aljaz
aljosa alkis alkistis alkmini alla allison allu alma almantas almerinda almir almiro almos almudena almut almuth
aloisia alonso alp alparslan alpaslan alper alphonse alphonsine alpo altagracia altan alton alva alvar alvaro alvin
alvis alvise alvydas alwin alwine alya alyona alyson alzbeta alzira amabile amadeus amador amaia amancio amandine
amandio amar amaro amato amaury amaya amber ambre ambrogio ambroise ambros ambrus amedea amedee amelia americo amerigo
amila amilcare amir amos amparo amra amy anabel anabela anacleto anael anamaria anamarija anastas anastasia anastasie
anastasiia anastasija anastasio anastasiya anastazja anca ance anda andelka ander andjela andon andor andra andrada
andrejs andres andreu andri andrija andrius andromachi andrzej ane anele anelia aneliya aneta anetta aneurin anezka
anfisa ange angel angele angeles angeline angelines angelino angelos angharad anghel angiola angiolina angiolo angus
angustias anhelina ani anibal anica anicet aniceto aniko anina anisoara anitta anka anke anker annabel annabella
annabelle annalisa annamaria annarita annbritt annegret anneli annelie annelore annemarie annemette annemiek annemieke
annerose annet annibale annick anniken annikki annukka annunziata ans ansa anselme anselmo ansgar ansis anssi antal
antanas antanina antero anthi anthoula antigoni antje antoaneta antoinette antolin antonela antonello antonie
antonietta antonija antonin antonina antonino antoniu antoniya antons antra ants anu anwen anykste anzhela anzhelika
aodhan aoibheann aoibhinn aparicio aphrodite apollinaria apolline apollonia apolonia apoloniusz apostol apostolia
apostolos april aquilino araceli arancha aranka arantxa aranzazu aras archer archibald archie arda ardal are arend
areti argyrios argyris argyro ariadna ariadni ariana ariane arianna arie ariel arif arife arild arina aristarkh
aristea aristeidis aristide aristidis aristos aristotelis arja arjan arjen arkadi arkadii arkadiusz arkadiy arkady
arlene arlette arletty arlindo armand armanda armande armando armands armann armas armelle armi armida armin arminda
armindo arna arnaldo arnar arnas arnau arndis arnfinn arnheidur arni arnis arnor arnost arnthor arnulf aro aron arpad
arrigo arsene artemio artemis artemiza arto arttu artur arturas arturs arunas arve arvid arvids arvo arwed arwel arwen
arzu asa ascension asdis asen asgeir asger asgerdur ash asher ashlee ashleigh ashley ashton asier asimakis asimina
asiye asko aslak aslaug asli aslihan asmir asmo asmund asmundur aso asparuh aspasia assunta asta asthildur astra astri
asuman asuncion asya ata atakan atalay atanas atanaska ates athanasia athanasios athenais athina atila atilla atis
atle atli atte attilio aubin aubrey aud aude audhild audra audrey audrius audrone audun audur august augusta augustas
auguste augustin augustinas augustine augusto augustyn auguszta auke auli aulis aune auni aura aure aurea aurel aurele
aurelia aurelian aurelie aurelien aurelija aurelio aureliusz aurica aurimas aurora aurore ausra austeja austin auvo
ava avdotya avery avgi avis avram axelle axinte aybars ayca aycan aydin ayfer ayhan aykut ayla aylin aymeric aynur
aysegul aysel aysen aysun aytac aytekin ayten aziz azize azra azucena azuolas azzurra
babette babis bahadir bahar baiba bailey bairbre baki balbina baldur baldvin balint baltasar baltazar balthasar balys
balz banu baptiste baran barbro baris barna barnabas barney barra barry bartal barthelemy bartlomiej bartol bartolo
bartosz bas basak basil basile basilio bastiaan bastiano bastienne batin battista batu batuhan baudouin bauke bautista
bayram bazyli beate beatrijs beau bedia bedirhan bedri bedrich bedwyr begona begum behcet behice bekir bela belen
belgin belinda belkis belma belmira belmiro bendeguz benedetta benedetto benedicte benedita benedito benedykt bengt
bengu beniamin beniamino benigno benita benito benjamim bennett benno benoite bensu bent bente benthe bento benvenuto
berat beren berenike berfin bergljot bergthor bergthora bergur beril berit berk berkan berkant berkay berke berna
bernadet bernadeta bernarda bernardas bernardete bernardino bernardo bernat berra berrak berrin berta bertalan bertha
berthe berthold bertil bertille bertram bertrand bertus beryl bessie bethan bethany betsie bettina betul beulah
beverley beverly beyza biagio bianca bianka bibi bibiana bibor bice bieke biel bilal bilge bilgehan bilgi bilgin
biljana billie bilyana binnur birger birgir birgitta birgitte birgul birkir birna birol birsen birta birte birthe
biruta birute biser bisera bistra bitten bjarke bjarki bjarne bjarni bjorg bjorgvin bjork blaga blagoje blagovest
blagovesta blagoy blahoslav blaine blair blaise blake blanca blanche blandine blanka blas blathnaid blaz blaza blazej
blazena blazenka bo bobbie bodil bodo bodvar bogi boglarka bogna bogoljub bogomir boguslaw boguslawa bohumir bohuslav
bohuslava bojan bojana boldizsar boleslav boleslaw bolygarka bonifacio bonifacy bonifaz bonita bonnie bor bora boran
borbala borchert borek borghild borislav borislava borivoj borivoje borja borka borna boryana borys bosiljka bosko
bosse bostjan boton botond boudewijn bouke boyan boyana boyko bozena bozhana bozica bozidarka bozo brad bradford
bradley brady brage bragi brais branca brandi brandie brando brandusa brandy branimir branislav branislava branka
brankica branko branwen braulio breanna brechje brecht brechtje breda bregje brenda brenna brent bretislav brett bria
briana brianna brianne brice brid bridget bridgette bridie brigid brit brita brites brith britney britt britta
brittany brittney brock brodie brody brona bronagh bronislav bronislava bronislaw bronislawa bronius bronwen brook
brooke bruce bruna brune brunella brunello brunetta brunhild brunhilde bruni brunon bryant bryce brygida bryn
brynhildur brynja brynjar brynjolfur bryson bugra buket bulent burak burcin burcu burga burhan buse busra byrge byron
bystrik
cadi cagatay cagla caglar cagri cahit caio caitlin caitlyn cajsa caleb calin calixte calixto callum calogero calum
calvin camelia cameron camila camillo camilo can canan canberk candace candela candelaria candice candida candido
candy caner cansel cansu caoilfhionn caoimhe capucine cara caradog carel caridad carina carine carissa carita carles
carlijn carlton carly carme carmel carmela carmelo carmina carminda carmine carmo carola carolien carolyn carrol
carson carsten carter carwyn carys casandra casey casilda casimiro cassandra cassandre cassidy cassie catalin catalina
cathal cathleen catia cato catriona cavit cecelia cecil cecilio cecylia cedomir celal celedonio celeste celestin
celestina celestine celestino celestyn celil celina celso cem cemil cemile cemre cenan cenek cengiz cengizhan cenk
ceren ceri ceridwen cerys cesare cesareo cesarina cesira ceslovas cestmir cevahir cevat cevdet ceyda ceyhan ceyhun
ceylan cezara chad chance chandler chantal chantelle charikleia chariklia charis charity charlene charline charmaine
chase chavdar chelsea chelsey cherie cherry cheryl chester christa christelle christer christiaan christiane christie
christodoulos christoforos christophe christos christy chrysa chrysanthi chrysanthos chrysostomos chrysoula chrystyna
ciaran cidalia cigdem cihan cihangir cihat cinzia cipriano ciriaco cirila cirillo cirilo ciro ciska claartje claas
claes clarence clarice clarissa clarisse clark clasina claud claudette claudie claudiu claudius claus clay clayton
clea clelia clemence clemencia clemente clementina clementine cleo cleto cliff clifford clifton clint clinton cliona
clionadh clive clodagh clotaire clothilde clotilde clovis clyde coby codrin codruta cody coen coenraad coinneach
cokkie cole coleen colette coline colleen collin colm colman coloma conall conceicao concetta concetto conchobhar conn
connie conrad consolacion constanca constance constancia constant constanta constantijn constantina constantino
consuelo cooper cora coral coralia coralie corbin cordelia cordula corentin corey corina corine corinne cormac cormack
corne cornel cornelio corneliu cornelius corrado corrie corrina corry corsin corstiaan cortney cory cosette cosima
cosimo coskun cosmas cosmina costache costante costantino costel costica costin courtney covadonga coy craig cremilde
crenguta crescencio crescentia crescenzo crina crinu crispin cristal cristea cristiana cristiano cristobal cristofor
cristoforo cristovao cruz crystal csaba csanad csenge csilla csongor ctibor ctirad cuma cuneyt curdin curt curtis
custodia custodio cveta cvetka cvijeta cvjetko cyrielle cyril cyrille cyrus cyryl czeslaw czeslawa
dace dacian daciana dado dafne dafni dagbjartur dagbjort dagfinn dagmar dagnija dagny dagobert dagur daiga daina
dainis dainius daiva dajana dakota dale dalibor dalila dalimil dalimir dalius dallas dalma dalmacio dalton damaris
damaso damiano damianos damiao damijan damir damjan damjana damla damon dana danai danail dane danguole dania danica
daniele danielle danique danko dante danut danute daphne dara daragh darcey darcy daren darija darijo darina darinka
darius darja darko darla darlene darnell darragh darrel darrell darren darrin darryl darryn daryl daryna davi davina
davor davorin davorka davut dawn dawson dayna dean deana deanna deanne dearbhla debby decebal declan dee deena defne
deidre deimante deirbhile deirdre deividas dejan dejana delbert delfim delfin delfina delia delilah della delores
deloris delphine delyan delyth demet demetrio demi demir dena denes denisa denislav denitsa deniz denizhan denver
denzil deodato deolinda dermot dervla derya desa desanka desiderio desire desiree desislav desislava desmond destiny
detelina devin devon dewey dewi dexter dezso diamantis diane dianna dianne diarmaid diarmuid dicle didac didem didier
didzis diede diederik dierk diethelm diether dietlinde dietrich dieuwke diewertje dijana dilan dilara dilaver dilay
dilek dilja dillon dilruba dilsad dilwyn dilyana dilys dimas dimcho dimitar dimitra dimitrina dimo dimos dimosthenis
dine dineke dines dinie dinis dino dinu diogenis diogo dion dionisia dionisio dionizy dionysia dirceu disa ditte ditu
divna dixie djamila djordje djurdja djurdjica djuro dmytryk dobrila dobrin dobrinka dobromil dobromir dobromira
dobroslav dobroslawa dogan dogukan dogus doina dolf dolly domagoj domen domenica domenico dominga domingas domingo
domingos dominick dominykas domitilla domna domnica domonkos donal donata donatas donatello donatien donato doncho
dondu donella donka donna donnacha donncha donny donovan doortje doreen dorel doriana doriane dorin dorina dorine
dorit dorka dorle dorottya dorrit doru dougal doutzen douwe dovile dovydas doyle dragan dragana dragica dragisa drago
dragoljub dragos drahoslava drahuse drazen drazenka driek dries duane duarte dubravka dubravko duco dudley duilio duje
dumitra dumitru duncan dunja durmus dursun duru dusan dusanka dusica dusko dustin dusty duygu dwayne dwight dyfan
dylan dymitr dzemal dzenan dzenana dzevad dzintars dzintra dzsenifer
eabha eamon eamonn eanna earl earnest eavan ebba ebbe ebe ebony ebru ecaterina ece ecki eda edanur edda eddy edel
edelgard edelgunde edelinde edelmira edelmiro eden edgar edgaras edgard edgardo edgars edie edijs edin edina edit
edita edite edmee edmonde edmondo edmundas edmundo edmunds edna edo edoardo eduarda eduardas eduards edvard edvin
edvins edwige edwin edwina edyta eefje eelco eelis eelke eemeli eero eetu eevi efa efe efekan effi effie efi efigenia
efim efisio efrain efren efrosinya efrosyni efstathia efstathios efstratios efsun eftychia eftychios egas egbert ege
eggert egidijus egidio egils egita egoitz eha ehrenfried eider eifion eija eike eila eilert eilidh eilif eilir
eimantas eimear eimer einar einars eine eino eira eire eirikur eirin eirini eirlys eivind ekin ekrem ela eladia eladio
elaine elanur elba elbert elcin elda elea eleanore eleftheria elek elemer elen eleni elenka eleri eletke elettra elfi
elfriede elfrun elgin eli elia eliana eliane elie elien eliette elifnur eligijus eligio elijah elina eline elinor elio
eliott elis elisa elisabeta elisavet elisee elisenda elisha elisio eliska elita elitsa elixabete elizabeta elka elle
ellert ellinor ellis elly elma elmar elmer elmo elna eloane elof eloi eloy elpida els elselien elsi elton elva elvan
elvezia elvi elvin elvio elvir elvire elvis elwood elwyn elza elzbieta elze ema emanuela emanuele emanuil embla emel
emeline emer emerenciana emeric emerick emerson emery emese emeterio emidio emigdio emilee emiliana emiliano emilie
emilienne emiliia emilija emiliya emils emin emina emir emircan emirhan emlyn emmanouela emmanouil emmanuelle emmerich
emmet emmett emoke emrah emrullah emrys encarnacion enda endel ender endre enea eneko enes engelbert engin engracia
enguerrand enid eniko enis enisa enise enn enno enoch enora enric enrica enriqueta ensio enver enya enza eoghan
epameinondas epifanio eraldo erasmia erasmo erasmus erast erato erazm ercan ercole ercument erdal erdem erdi erdinc
erdmann erdmute erdogan eremia eren ergin ergun erhan erhard erhardt eriberto erick erin eris erja erkan erki erkin
erkki erla erlendur erling erlingur erman ermanno ermelinda ermin ermioni erna ernesta ernestas ernestina ernestine
ernests erno erol eros errol ersan ersi ersilia ersin ersoy ertan ertugrul ervin ervins erwan erwann erwin eryk esa
esad esben escolastica eser esin eskil eskild esko esma esme esmee esmeralda esmond esperanza esra esref essi essie
estela estelle esten ester estera estevao estibaliz estrella etain etelka etelvina etem ethan ethel ethna etienne
etiennette etta ettore euan eudora eufemia eufrosina eugenia eugenie eugenio eugeniusz eulalia eulalie eulalio eulogio
eunice euphrasie eurico eusebia eusebio eusebius eustachy eustaquio evaggelia evald evamaria evan evangelia evangelina
evangeline evaristo evdoxia eve evelien eveliina evelina even everett evert evgenios evgeniya evi evija evita evlogi
evrard evren evrim evripidis evy evzen evzenie ewald ewan ewelina ewout eydis eyjolfur eylem eylul eymen eyrun
eysteinn eythor eyup eyvind ezechiel ezekiel ezel ezequiel ezgi ezio ezra
faas fabiana fabiano fabienne fabrizia fachtna facundo faddei fadil fadila fadime fahri fahriye fahrudin faidon faidra
faik faina faith falk falko fani fanis fanney fannika farid farida farkas farrah faruk fata fatih fatiha fatmagul
fatos fausta faustas faustina faustine faustino fausto faustyn faustyna fay faye fazil fazilet fedele federica
federico fedja fedora fee fehmi feike felice felicia feliciano felicidad felicie felicien felicita felicitas felicite
felicity felicja feliks feliksas felikss felipa felipe felisa felisberto felismina fenella fenja fenna fenne ferda
ferdinando ferdynand fergus ferhan ferhat feride feridun feriha fermin fermina fern fernand fernanda fernande fernao
ferran ferreol ferruccio ferruh ferry fethi fethiye fevzi feyyaz feyza ffion fiachra fiadh fiammetta fidan fidel fieke
fien fiene fiete figen fikret fikri fikriye filareti filiberto filio filipa filipe filipp filippo filippos filiz
filomena filothei finbar finbarr finja finn finnbogi finnur finola fintan fiodor fionnan fionnuala fiore fiorella
fiorello fiorenza fiorenzo firat firmin firmino fivos fjola flaminia flaminio flavia flavie flavien fleming flemming
fletcher fleur flip floare floor floortje flora florbela flore florea florencia florencio florent florenta florentin
florentina florentine florentino florentyna floriana floriane floriano florica florie florina florinda floris floyd
flynn foivos fokion folke folkert foma fons forrest fortunata fortunato fosca fosco foteini fotini fotios fotis
fradique fragkiska fragkiskos franc francelina francesc francette francisca franciska francisque franciszek franciszka
francoise frane franjo franka franklin frano fransien frantiska franziskus fraser frauke freda frederica frederico
frederique freyr fridolin fridrik fridrikka friedbert friedegard friedemann frieder friedhelm friedl friedlinde friso
frithjof fritjof frits fritzi frode froilan frosso frouke froukje froya froydis fructuoso fruzsina fryderyk fryni fuat
fuensanta fulbert fulgencio fulop fulvia fulvio fulya funda furio furkan
gabija gabin gabino gabrielius gabrielle gaby gaelle gaetan gaetane gaia gaj gaja gala galatia gale galileo galin
galina galini galip gallus galo gamze gancho ganka garbine gareth garfield garret garrett garrick garry garth gary
gaspard gaspare gasper gaston gastone gatien gatis gauthier gautier gavin gavril gavrila gaye gayle gearoid gebhard
gediminas geert geertje geertruida geir gejza gena genadi genaro gene generoso genesio genesis geneva genevieve genka
gennaro genovaite genoveffa genoveva genowefa genziana geoffroy georges georgeta georgette georgia georgian georgiana
georgie georgine geraint geraldina geraldine geraldo gerallt gerasim gerasimos gerasimoula gerben gerbrand gerdur
gereon gerfried gergana gergely gergina gergo gerlando gerlind gerlinde germaine germana germar gernot gero gerolamo
gerold geronimo gerrie gertie gertjan gertraud gertraude gertrudis gervais gervasio gerwazy gerwin gesa gesche gesine
gestur geza gheorghita gherardo ghislain ghislaine ghita giacinta giacinto giacoma giacomina giada giambattista
giampaolo giampiero gian giancarla giancarlo gianfranca gianfranco gianleonardo gianluigi gianmarco gianmaria gianna
giannoula gianpaolo gianpiero gica gide gideon giedre giedrius gijs gijsbert gil gilbert gilberte gilberto gilda
gildas giles gilles gillespie gillian gina gines ginette ginger gino gintaras gintare gintautas gints gioacchino
gioele gioia gion giona giordana giordano giosue giotto girolamo girts gisa gisbert gisele giselher gisella giselle
gisle gisli gislinde gita gitana giuditta giuliana giuliano giulietta giulio giuseppa giuseppina giustina giustino
giusto gizela gizella gizem gjermund gladys glauco gleb glen glenda glenn glenys glyn goda godefroy godelieve godfrey
godfried godofredo goedele goffredo gojko gokay gokcan gokce gokcen gokhan gokmen goksel goksu gokturk gonca gontran
gonul gonzague goran gorana goranka gorazd gordan gordana gordon gorica gorka gorkem gorm gottfried gotthard gotthold
gottlieb gozde graca grace gracia gracie graciete gracjan grady grania grant gratiela gratien grayson grazia graziana
graziano graziela graziella grazina greet greetje grega gregg gregoire gregoria gregorio greig gretar gretchen grethe
griet grietje griffin grigore grigoria grigorios grigoris grigoriy griselda grit grita gro grozdana gruffydd gry
guadalupe gualtiero gudbjorg gudfinna gudjon gudlaug gudmund gudmunda gudmundur gudni gudny gudrun gudula guendalina
guenole guerrino guglielmina guida guifre guilhem guilhermina guillaume guillem guillemette guillermina guiomar gulay
gulbahar gulben gulcan gulcin gulden guler gulhan gulizar gullan gullu gulnaz gulnur gulsah gulsen gulseren gulsum
gulsun gulten gumersindo gun guna gunars gunay gunborg gunda gundega gundogdu gundula gunes gungor gunhild gunilla
gunn gunnel gunnhildur gunnlaugur gunnthor gunnvor gunta guntars guntis guntram gunvor gurbuz gurcan gurkan gurli guro
gursel gustaaf gustas gustave gustavo gustaw gusztav guttorm guus guusje guven guy guylaine guzin gvidas gwen gwenael
gwenaelle gwenda gwendolen gwendoline gwendolyn gwenllian gwenn gwilym gwyn gwyneth gylfi gyongyi gyorgy gyozo gyula
gyurga
haakon haavard habib habibe hacer hadewig hadewych hadi hadrien haf hafdis hafize hafsteinn hafthor hagen haiko hajnal
hajnalka hajo haki hakki hakon haldis haldun hale halenur halfdan halide halil halim halime halis halit halla halldis
halldor halldora hallgeir hallgrimur hallstein hallur hallvard haluk hamdi hamide hamish hamit handan hande hanka
hannamari hanneke hannele hannie hanno hannu hanny hansi hanspeter hansruedi hansueli hanus haralambie haraldur hardi
hardijs harikleia haris harlan harley harlow harm harmen harms harpa harrie harriet harriett harris harrison harro
hartmut hartvig hartwig harun harvey haseki hasibe hasret hasse hasso hattie haukur hava havrylo hayal hayat hayati
haydar hayri hayriye hazal hazan hazar hazel heath heather hector hedda hediye hedvika hefin hege heida heidar heide
heidelinde heidemarie heidrun heiki heikki heili heimir heimo hein heiner heino heinzpeter heitor helder heledd helge
helgi heli helina helio heliodoro helja helka hella helle hellmut hellmuth helma helmer helmi helmine helmuth helmuts
helve helvi hemming hendrika hendrikje henna henner hennes hennie henning henrieta henriikka henrikas henrike henrique
henriqueta henryka herculano herdis herlinde hermance hermenegildo hermengarda hermine hermod hernan hernando herta
hertha herve hester hidayet hidde hikmet hilaire hilal hilda hildburg hilde hildegard hildegund hildrun hildur hilja
hilka hilkka hilla hillary hille hillevi hilma hilmar hilmi hiltje hiltrud hiltrudis hinnerk hinrik hipolito hippolyte
hjalmar hjalti hjordis hjortur hlib hlynur hnat holger holly holmfridur homer homero honor honorata honorato honore
honorine honorio hope horace horacio horatiu hordii horea horia horst hortense hoskuldur houston howard hrafn
hrafnhildur hrefna hreinn hristiana hristina hristo hristofor hristos hroar hronn hrvoje hryhoriy huba hubertus hudson
hugh hugues huguette huib hulda hulusi hulya humbert humeyra humphrey hunor hunter huriye hurrem hurriyet husamettin
husnu huub huw hyacinthe hylke hynek hywel
iacob iago iain iakovos ian iancu iarla iason ibai ibolya ica idalina idar idil idoia idris idun iduna iemke ien
iestyn ieuan ieva ievgen ievgeniia ifan ifigeneia iga iglika ignace ignacia ignas ignat ignati ignazia ihsan ihsane
iida iina iines iiris iiro iisakki iivari ike iker ilan ilari ilaria ilarion ilayda ilda ildefonso ildiko ileana
ilektra ilenia ilga ilgvars ilhami ilhan iliana ilias ilidia ilidio ilie ilies ilija ilijana ilinca ilinka iliya
iliyan iliyana ilkay ilker ilkka ilknur ilko ilmar ilmari ilmars ilme ilmo ilonka ilpo ilsa ilta ilva ilyas ima imanol
imants imbi imelda imene imke immacolata immanuel immo imogen imogene imola impi imre imrich ina inacia inacio inaki
inan inara inci india indre indrek ine ineke inesa inessa ingalill ingars ingbert ingegard ingegerd ingela ingemund
inger ingerid ingi ingo ingolf ingolfur ingomar ingram ingrida inguna ingunn ingvald ingvar ingveldur ingvild inha
inigo inka inkeri inmaculada innes innocente innocenzo innokenti innokentiy inocencia inocencio inta intars ints
ioanna iole iolo iona ionel ionela ionica ionut iordache iorwerth ioulia ioulios ipek ipolit ipolitas ippokratis
ippolito iraida iraklis irati irem iren irenee ireneusz irfan iria irini iris irita irja irma irmela irmeli irmgard
irmhild irmi irmina irmtraud irmtrud iro irvin irving irwin isabeau isabela isac isacco isai isak isaltina isaura
iselin ishak isidora isidore isidoro isidoros isidra isidro isik isil isilda iskender iskra iskren isla isleifur
islwyn ismael ismail ismet ismihan ismini ismo isolde isolina isotta israel issac isto ita italia italo ithel itziar
iulian iuliu iustin iustina iva ivanka ivanna ivano ivar ivars ivaylo ivelin ivelina iver iveta ivett ivi ivica ivka
ivone ivor ivy iza izabella izaskun izidor izolda izsak iztok izudin izydor izzet
jaak jaakko jaana jaanika jaapjan jac jacco jace jacek jachym jacinta jacinthe jacinto jackson jacky jaclyn jacoba
jacquelyn jacques jacquot jade jadran jadranka jadvyga jagna jagoda jaimee jaimy jaka jakab jakica jaksa jale jalmari
jamesina jameson jami jane janek janelle janessa jani janice janie janika janita janja janka janko janna janne janneke
jannes jannetje jannicke jannie janny janosch jans jantien jantje januario janus janwillem jared jarema jari jarkko
jarl jarlath jarle jarmil jarmila jarmo jarne jarno jarolim jaromir jaromira jarred jarrod jarvis jasenka jasmijn
jasmina jasminka jasna jason jasper jaume javiera jax jaxon jay jayla jayne jayson jean jeana jeanie jeanne jeannie
jeannine jeannot jedrzej jefferson jekabs jela jelica jelka jella jelmer jemima jemma jenaro jenna jenneke jeno
jenovefa jente jeppe jerald jere jeremi jeremiah jeremias jeremiasz jeremie jerker jerko jermaine jernej jeronimo
jerri jerrold jeske jesper jesusa jet jethro jette jill jillian jimmie jindra jindrich jindriska jiri jirina jitka
joakim joann joanne joaquina joar job jocelyn jocelyne jochem jockel jocum joelle joep joeri joevin joffrey johanne
johnnie johnson joka joke jokin jokull jolan jolana jolanthe jole jolene jolien jolijn jolina jolita jona jonah
jonatan joni jonina jonna jonte joona joonas joonatan joosep jop joran jordan jordana jordane jordao jordon jorinde
jorma jorrit jort jorun jorunn josee josephe josette josiah josiane josine josipa josje josse josselin jostein josu
josue josy jouko jouni jourdain jovan jovana jovanka jovica jovita jovo jowita joy joyce joze jozefa jozefien jozefina
jozica jozien jozo jozsefa juana juanita judd jude judi judicael judit judita judite judyta jugoslav juha juhani juho
jules juli julianna julianne juliao julienne juliet julieta juliette julijana julika julina juline juliska julita
juliusz june junia junipero juozapas juozas jur juraj jurate jure jurga jurgis jurgita juriaan jurica jurjen jurre jus
just justa justas justinas justino justo justus juta juulia juuso juvenal jyrki jytte
kaan kaapo kaare kaarina kaarlo kaat kacper kada kader kadi kadir kadriye kagan kaido kaie kaija kaisu kaitlin kaitlyn
kaja kajetan kalervo kalev kalevi kali kalin kalina kalju kalle kalliopi kalliroi kalman kaloyan kamel kamelia kamen
kamer kamila kamile kamuran kanella kapitolina kara kare kari karima karina karine karita karitas karlee karlheinz
karlijn karlis karlo karly karmele karmen karola karolien karoliina karolis karsten karyn kas kasey kasim kaspars
kassandra kassiani kata katariina katelijne katelyn katelynn katica katina katinka katla katre katri katrien katriina
katrijn katrina katrine kauko kauno kaur kaya kayahan kayla kaylee kayleigh kaylin kayra kazim kazimiera kazimieras
kazimierz kazimir kazys keanu keegan keeley keijo keisha kelley kelli kellie kelly kelsey kelsie kelvin kemal kenan
kendal kendall kendra kendrick kenna kennet kent kenya kerem keri kerim keriman kerime kerli kermit kerri kerry kerttu
kestutis kezban keziban khariton kian kiana kieran kiia kiki kimberley kimmo kimon kincso kinga kingsley kira kiraz
kiril kirilka kirill kirk kirsi kirsti kirstie kirsty kitti kivanc kiymet kjartan klaartje klaas klaasje klas
klaudiusz klavdia klavdija kleanthis kleio klemen klementina klementyna kleoniki kleopatra klim klothilde klym knute
koen koenraad koit kolbeinn kolbrun koldo kolfinna kolos kondrat konsta konstancja konstantia konstantina konstanty
koray korbinian kordian kordula korhan kornel kornelia kornelija kornelis kosma kosmas kosta kostadin kostadinka
kostas kosti kotryna koula krasen krasimira krastyo kresimira kreszenz kriemhild krijn krista kristaps kristbjorg
krister kristers kristi kristiana kristiane kristie kristien kristiina kristinka kristinn kristiyana kristjan
kristjana kristo kristofer kristupas kristy kristyna krisztian krisztina krisztof krum krunoslav krunoslava kryspin
krystal krystian krystof krystyn krzesimir ksaveras ksawery ksenia kseniia ksenija kseniya kuba kubilay kubra kudret
kuldar kullervo kulno kunegunda kunibert kunigunde kuno kursat kurtis kurtulus kutay kutlu kuzma kveta kvetoslav
kvetoslava kvetuse kvido kyla kyle kylie kylle kyllikki kyosti kyra kyriaki kyriakoula kyrylo kyveli
"""
