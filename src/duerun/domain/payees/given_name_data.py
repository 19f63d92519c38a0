"""Given names in plain letters: spellings of one name, short forms, and others that are known as given names.

A `;` parts one name from the next; a name may stand in several. Names that are often surnames and those that are
seldom met are in `given_names_a_to_k` and `given_names_l_to_z`. Source: general knowledge of usage in the languages of
Europe, Turkish and Arabic.
"""

SPELLINGS = """
abdullah abdallah abdulla; adrian adrien hadrian; adriane adrienne adrienn; ahmed ahmad ahmet achmed; aidan
aiden aidyn aydan ayden; aileen eileen ilene; ailish eilish eilis; ainhoa ainoa; aisha ayesha aicha aysha; alan
allan allen alain alun; alasdair alastair alistair allister alister alisdair; alexa aleksa; alexander aleksandr
aleksander alexandr aleksandar oleksandr alexandre; alexandra aleksandra oleksandra; alexei alexey aleksei
aleksey alexej oleksii oleksiy; alexis alexios; ali aly; alisa alissa alyssa; alisha alysha; almira elmira;
alojz alojzy alois aloys alojzije; amadeo amedeo amadeu; amalia amalija amaliya; amalie amelie emelie; amina
emine aminah; anais anays; anastasios anastasius; anatol anatole anatoly anatoli anatolii anatoliy; andelko
andjelko; andre andree; andrea andreea andreia andreja; andrei andrey andrej andrii andriy; anete anette annette
annett anett; angeliki aggeliki; ann anne; anna ana; annalena annelena; anneliese annelise annelies; annika
annike; anton antun antoni; antonis antonios antonius; arnaud arnoud arnout arno; arnd arndt arnt; arsen arseny
arsenii arseni arsenio; artem artyom artiom; asbjorn esbjorn asbjoern; ayse aisha; azad azat; barbel baerbel;
barnabe bernabe barnaby; bartolome bartolomej bartolomeo bartolomeu bartholome; bastian bastien; beatriz
beatrix; benedict benedikt benedek; benoit benoist; berenice bernice; bernadett bernadette; bernard bernhard;
bernardine bernhardine; bernd bernt berend; bjorn bjoern bjorne; bobby bobbi; bogdan bohdan; bogdana bohdana;
bogumil bohumil; bogumila bohumila; borge boerge; bozhidar bozidar; bozhidara bozidara; braden brayden braydon;
brandon branden brendon; brendan brenden brendon; brian bryan; brigida brigita brigitta; burkhard burkhardt
burghard burkhart; cacilie caecilie cecilie cecile; caetana cayetana gaetana; caetano cayetano gaetano; carla
karla; carlotta charlotta karlotta carlota; carol carole; carolin karolin; carolina karolina; caroline karoline;
caspar kaspar kasper casper gaspar; catarina caterina katarina katerina ekaterina; cathrin katrin kathrin
catrin; cathrine catherine; cezar cezary cesar; charalambos charalampos haralambos; chloe cloe khloe; christel
christl kristel; christen kristen christien; christian kristian cristian; christina kristina cristina khrystyna;
christine kristine; christoffer kristoffer; christoph kristof christof; christopher kristopher cristopher; ciara
kiara chiara; claire clare clara klara; clement klement; conor connor; constanza costanza constanze konstanze;
cyprian cyprien ciprian; dahlia dalia; damian damien demyan demian; danijel daniel; danijela daniela; danil
danila danylo daniil danilo; daria darya dariia; davit david dawid davyd davide; debora deborah debra; dennis
denis denys; derek derrick; despina despoina; detlef detlev; detmar dietmar; dimitrie dimitrije dimitrios
dimitris; dina dinah; dionysios dionysis; dmitry dmitri dmitrii dmitriy dmytro dimitri dimitry; dorian dorien;
dorota dorotea dorothea doroteia dorothee; dorte doerte dorthe; dragomir drahomir; dragomira drahomira;
dragoslav drahoslav; eckard eckart eckhard eckhardt eckehard ekkehard; edeltraud edeltraut; edmond edmund;
eduard edward edouard; eerik erik; eerika erika erica; egil eigil egill eigill; ekaterina yekaterina kateryna;
eleftherios lefteris; elena olena yelena jelena; eleonora leonora eleonore leonore; eliot elliot elliott;
elisabet elisabete elisabetta elsbeth elsebeth elspeth elisaveta yelizaveta elizaveta; eliseo eliseu; elizabeth
elisabeth elisabet elizabet; elodie elody; eloisa heloisa; eloise heloise; elvira elwira; emanuel emmanuel; emil
emiel emile; emilian emilien; emily emely; emmy emmi; eric erik erich eirik; erland erlend; erminia herminia
hermina; erminio herminio; ernest ernst; estanislao stanislao stanislaw stanislav; estefania stefania stephania;
eugene eugen; eva ewa; evangelos evaggelos vangelis vaggelis; evdokia yevdokia eudokia; evelin evelyn evelyne
eveline; evgenia yevgenia yevheniia; evgeny evgeni evgenii yevgeny yevgen yevhen jewgeni; fabian fabien;
fabrizio fabricio; fanny fannie fanni; fatima fatma fatimah fatme; fergal feargal; ferid ferit; finlay finley;
flavio flaviu; florin flurin; frank franck; frederick frederik fredrik frederic fredrick fredric; frederika
frederike fredrika friederike friederika; freja freya freyja; frieda frida; friedrich fridrich; fyodor fedir
fedor; gabriel gavriil; gabriela gabriella gabrijela; gennadii hennadii gennady gennadi gennadiy; geoffrey
jeffrey jeffery; georg george; georgi georgy georgii heorhii; georgy george georgii; gerard gerhard gerhart
gerardo; gerda gerta; gerhild gerhilde; germain german germano; giorgos georgios yiorgos; gonzalo goncalo;
graham graeme; gregor gregory grigor grigory grigori grigorii hryhorii grzegorz; guenter gunter gunther guenther
gunder; gunnar gunner; hailey haley hayley hayleigh; halina halyna; hamza hamzah; hanna hannah hana; hannes
hanns; hans hanns; hansjorg hansjoerg; harald harold; harry harri; hassan hasan hassen; hayden haydn; hedi heidi
hedy heidy; hedwig hedvig; heinrich henrich henrik hinrich; heinz heintz; helen helene hellen; henny henni;
henriette henriett; henrik hendrik henryk henric; henry henri; heribert herbert; herman hermann; hieronim
ieronim hieronymus; hilario ilario hilary; hortensia ortensia; humberto umberto; hussein hussain husain husayn
hossein huseyin husein; ibrahim ebrahim ibrahym; ignac ignacy ignaz ignatz ignacio ignazio; igor ihor; ilya ilia
illia ilja; ines inez; ingeborg ingeburg ingibjorg; ingemar ingmar ingimar; irene irena iryna irina; isabel
isabell isabelle isobel; isabel ysabel izabel; isabella izabela; isaiah isaias isaia; iulia julia; iuliana
juliana uliana ulyana yuliana; ivan iwan; ivo iwo; ivona iwona; ivonne yvonne; jacob jakob iakov yakov; jacobo
jacopo giacomo; jaden jayden jadyn; jaime jayme; jakob jacob jakub jakov; jamal djamel cemal; jan jann jaan yan;
janette jeanette janet jannette jeannette; janine jeanine jannine; jaroslava yaroslava jaroslawa; jaroslaw
jaroslav yaroslav iaroslav; jasmin jasmine yasmin yasmine yasemin jazmin; jenny jennie jenni; jesse jessie;
jessica jessika; jessy jessie; jimena ximena; joana joanna; joaquim joachim joaquin; jody jodie jodi; johana
johanna; john jon jhon; jolanda yolanda jolande iolanda; jonathan jonathon johnathan johnathon; joost jost; jorg
joerg; jorgen joergen; jorn joern; josef joseph jozef josip iosif; josefin josefine josephine; josep josef
joseph; juhan johan; julia yulia yuliya iuliia yuliia julija; julian julien julen; jurg juerg; jurgen juergen;
juri yuri yury yurii yuriy iurii jurij; justin justyn; justyna justina; kaden caden kayden; kai kaj kay; kamil
camil camille; karel karl carl; karim kareem; karol karoly karel; katarina katharina catharina; katharina
katherina katarina katerina kateryna katerzyna; kathe kaethe; katherine catherine katharine catharine kathryn
cathryn; katherine kathrine katherina; kathi kathy; keira kiera; kersti kjersti kerstin; ketil kjetil kettil;
kevin kevyn; khadija hatice khadijah; khalid khaled halid; kilian killian cillian kylian; klemens clemens
kelemen klement kliment; knut knud; konstantin constantin kostiantyn constantine; konstantinos kostantinos
constantinos; krasimir kresimir; kristen kirsten kirstin kirsteen; kristian kristijan hristiyan kristiyan;
kristin kristen cristin; kristine kristin kirstine; krystyna khrystyna kristina; kyriakos kiriakos; lakshmi
laxmi; lambros lampros; lauren laureen lauryn; laurence lawrence; laurent laurens lorent; lea leah; leena lena;
leila leyla lejla layla laila leilah; lennart lennard lennert; leonard leonhard; leonie leony; levi leevi; lila
lilah; lilian lillian lilien; lilly lily lili lilli; lindsay lindsey lyndsay lyndsey; lisbeth lisbet liesbeth
liesbet; liselotte lieselotte liselott lieselott; liubov lyubov lubov ljubov; livio liviu; lorand lorant; lorenz
laurenz laurens lorens; louis lewis; louisa luisa; louise luise; lubomir ljubomir lyubomir liubomyr lubomyr
lyubomyr; luca luka; lucas lukas; lucia lucija liucija; lucian lucien lucjan; luciana luciena; lucie lucy luzie;
ludmila ljudmila liudmila liudmyla; ludmila lyudmila liudmyla; ludwig ludvig ludwik ludvik ludovic; luis luiz
louis; maarten maerten marten morten; mads mats; maelle maele; mahmoud mahmud mehmood; mahmud mahmut; maike
meike mayke; mairi mhairi; malte malthe; malwina malvina; mandy mandi; marcela marchela; marcelin marcellin;
marcell marcel; marco marko marku; marcos marcus markus markos; margaret margareta margarete margareth margit;
margaretha margareta; margarethe margarete margrethe; margarida margarita margherita; margot margo margaux;
margret margaret margreet margriet margrete margrethe margit; maria mariya mariia marija; mariann marianne
mariane; marieke mareike marijke; marijn marijne; marilyn marilyne marylin; marius marios; marjolein marjolaine;
mark marc; marleen marlen marlene marlena; martin marten; maryann maryanne marianne; matej matei mateo mateu
matteo; matheo mateo matteo; mathilda matilda matylda; mathilde matilde; mathis mathijs matthijs mathys matiss;
matthew mathew; matthias mathias mattias; matthieu mathieu; matyas matias matthias matijas; maximilian
maximilien maksymilian; mechthild mechtild; mehdi mahdi; mervin marvin mervyn; mia miah miya; micaela michaela
mihaela mikaela; michael michal micheal mihail michail; michael mikael; michel michael; michele michelle; miguel
miquel; mihkel mikkel mikael mikel; mikhail mykhailo michail mikhael mihail michael mychajlo; mila milla;
miroslaw miroslav myroslav; mohammed mohamed muhammad mohammad muhammed mohamad muhamed mehmet mohamet; moises
moses; mojmir moimir; morgan morgann; muhammed muhammet mohammed muhamed; mustafa mostafa moustafa mustapha;
nadezda nadezhda nadejda; nadia nadya nadja; nasser nacer nasir; natalia natalya nataliia natalija; nathalie
natalie; nele neele; nicholas nicolas nikolas; nicola nichola nikola; nicolae niculae; nicolas nikolas nikolaus
nikolaos nicolaas; nicole nichole nikole; niklas nicklas niclas; nikola nikolay nikolaj nikolai; nikolai nikolay
nikolaj mykola; nils niels nels; noemi noemie; nora norah noora; oceane oceanne; olaf olav olof oluf; oleg oleh;
olga olha; oliver olivier oliwier; olivia oliwia; omar umar omer; orsolya orsola; osama usama oussama; oskar
oscar; othman osman uthman; otilia odilia ottilia; panagiotis panayiotis; pascal pascual pascoal paschalis;
paulina paolina; pavel pavlo paul pawel; peter petr petar pyotr; peter pieter petter peder petar; petr pyotr
piotr petro; petros petrus; philine filine; philippa filippa; phillip philip philipp filip philippe; pietro
petro; rachel rachael raquel; rachel rachele rahel; rafael rafal raphael raffaele rafaele; raimund raymond
reimund raymund; rainald reinald reynald raynald; rainer reiner reinier; ralf ralph; rashid rasheed rachid; raul
raoul; rebecca rebekka rebeka; rebeka rebekah rebekka; reinhard reinhardt reinhart; reinhold reinold reinald;
reuben ruben; rhian rian; richard rikard ricard; robin robyn; roger rogier rodger; roland rolland roeland; rolf
rolph; roman romain; romy romi; ronny ronnie; rosalina roselina rosaline roseline; rosalyn roselyn roslyn
rosalind; rosanne roseanne roseann; rosemarie rosmarie rosemary; rosi rosie rosy; roza rosa; rudiger ruediger;
ruedi rudi; ruggero ruggiero; rustam rustem; said sait saeed sayed; samir sameer; samuel samuil; sara sarah;
savanna savannah; sean shaun shawn; sebastian sebastien sebastiaan; serge sergej sergey; sergei sergey serhii
serhiy sergej sergi sergiy; sergio sergiu; shana shayna; sigmund siegmund sigismund zygmunt; sigvard sigvart;
silvestro silvester sylvester silvestre; silvia sylvia; silvio silviu; simion simeon simon szymon semyon semen
simun; skylar skyler; snezana snezhana snjezana; soenke sonke; sofia sophia sofiya; sofie sophie; sonia sonja
sonya; soren soeren; sotirios sotiris; spyros spiros; srdan srdjan; staffan steffan stefan; stavros stavro;
stefan stephan steffen stephen; stepan stjepan stefan stephan; stephen steven; stuart stewart; susan suzan;
susann susanne; susanna susannah zsuzsanna; susi suzi susie; suzanna susanna zuzana zuzanna; suzanne susanne;
svatoslav svetoslav sviatoslav svyatoslav; svein sven svend sveinn; svetlana svitlana; sylvie silvie; synnove
synnoeve; tadeusz tadeas tadeo tadeu thaddaus thaddeus; tatiana tatyana tetiana tatjana; tatyana tetyana tatana
tatiana; teddy teddi; teodor todor tudor theodor; teresa teresia theresia tereza terezia; teresa theresa;
terrance terence terrence; theo teo; theodor theodore teodor; thibaud thibaut thibault tibo; thomas tomas
tomasz; thorben torben; thorbjorn thorbjoern torbjorn torbjoern; tillman tilman tillmann tilmann; timotej
timotei timotheos timotheus; tobias tobiasz; tobias topias; tommy tommi; torhild torild; torsten torstein
thorsten thorstein; traudl traudel; traute traude; tuomas toomas thomas; urban urbain; uriah uria; ursula
urszula; valentin walentin; valerie valarie valery; valerio valeriu valerii valery valeri; vasily vasil vasyl
vasile; vasily vasyl wassili vasili vasilij vasiliy; vassilis vasilis vasilios vassilios; vera wera viera;
victor viktor wiktor; victoria viktoria viktoriia wiktoria; vincent vinzenz vincenc; vincent wincent; vincenty
wincenty; virgil virgile; vivian vivien vivienne viviane; vladimir volodymyr wladimir; walter valter; waltraud
waltraut waltrud; wendy wendi; werner verner; wilfred wilfried wilfrid; willi willy willie; wilmar wilmer;
winfred winfried; xaver xavier javier xabier; yann yan; yannick yannik jannik jannick yanick; yannis jannis
ioannis giannis yiannis; yegor yehor egor; yoan yohan johan yoann yohann; youcef youssef yousef yusuf; yusuf
youssef yousef yousuf youssouf yusef josef iosif joussef; zacarias zacharias zachariah zaharias; zachary
zackary; zehra zahra zohra; zeynep zaynab zineb zeinab; zhivka zivka; zhivko zivko; zoe zoey zoi; zvezdana
zvjezdana
"""

SHORT_FORMS = """
abigail abby gail; agnes aggie; anne annie; albert al bert bertie; alexander alex sandy sasha lex xander alec
sascha aleks oleksandr sashko alejandro; alexandra alex sandra sasha lexi sandy; aleksandr sasha alex; alfred
alf fred alfie fredi; alejandro alex ale jandro; alexei alyosha alex lyosha; amanda mandy; andrew andy drew;
andreas andi andy; andrea andi; andrei andriy andriusha; angela angie; ann annie nan; anna annie anni anya ania
annika anneke; anneliese anne liese; anthony tony ant; antonio toni tony nino; anton toni tony; antonia toni;
antoine tony titouan; antonius toon ton anton; arthur art; augustus gus; barbara babs barb barbie basia;
bartholomew bart; beatrice bea; benedict ben; benedikt ben; benjamin ben benny benji; bernard bernie; bernhard
bernd berni hardy; brigitte gitte gitta; caroline carrie caro; carolina caro; cecilia cissi celia; charles
charlie chuck chas; charlotte lotte charlie lottie; christian chris chrissi; christina chris tina chrissie;
christine chris tine chrissie; christopher chris kit topher; christoph chris; cornelis cees kees cor; cornelia
conny nele; concepcion concha conchita; cynthia cindy; daniel dan danny; daniela dani; david dave davy; deborah
debbie deb; dmitry dima mitya; dolores lola; dominic dom; dorothea dora thea; dorothy dot dottie; donald don
donnie; douglas doug; eberhard ebi; edmund ed eddie ned; eduard edi ede; eduardo edu lalo; edward ed eddie ted
teddy ned; eleanor ellie nell nora; elizabeth liz lizzie beth betty eliza lisa bess elsie libby betsy elise;
elisabeth lisa liesel elli sissi else elsbeth; emmanuel manu; emily emma; enrique quique kike; ernest ernie;
ekaterina katya katja; elena lena; evgeny zhenya; ferdinand ferdi; fernando nando; florian flo; frances fran
fanny; francis frank fran; francisco paco pancho fran kiko curro; francesca franca; francesco franco cesco;
franciscus frans; francois franck; franziska franzi; frantisek franta; frank frankie; franz franzl; frederick
fred freddie freddy; frederik fred freddy rik; friedrich fritz fred; gabriel gabe; gabriele gabi; gabriela gabi;
gerald gerry jerry; geoffrey geoff jeff; jeffrey jeff geoff; gerard gerry ger; gerhard gerd gert; gerardus
gerard ger gerrit; gertrude trudy trudi; gertrud trudi; giovanni gianni nino; giuseppe beppe peppe pino;
graciela chela; gregory greg; grigory grisha; gunther gunni; guillermo memo guille; guglielmo memmo; guilherme
gui; gustav gus; hannelore hanne lore; harold harry hal; heinrich heinz heini; helena lena leni hela; helene
leni lene; helmut helli; hendrik henk rik; henry harry hank hal; herbert herb bert; hermann menne; hubert hubi;
ignacio nacho; ilona ilka; irina ira; ingeborg inge; isabella bella; isabel isa chabela; ivan vanya; jacob jake;
jacqueline jackie; jacobus jaap koos jaco; jakob jocki; james jim jimmy jamie jem; janet jan; janos jancsi;
jennifer jen jenny; jeremy jerry; jeroen jerom; jesus chucho chuy; jerzy jurek; jessica jess jessie; joachim
jochen achim jo; joan joanie; joanna jo asia; joao joaozinho; johann hans hannes; johannes hans hannes johan jo
jan joop; john jack johnny; jonathan jon jonny jonty; joris sjors; jorgen jorn; josef sepp jupp pepi beppo;
joseph joe joey jo; jose pepe chepe ze; josefina pepa fina; josephine josie; josephus jos jef; joshua josh; juan
juanito; judith judy; julia jule julie; katharina kathi katja kati kathrin katrin; katarzyna kasia; katherine
catherine kathryn kate kathy cathy katie kat kit kay kitty katy; kathleen kathy kate katie; karoline lina;
kenneth ken kenny; kimberly kim; klara klari; klaus klausi; konrad kurt conny; konstantin kostya; krzysztof
krzysiek kris; laurence larry; lambertus bert lambert; leonard len lenny leo; leonardo leo; leopold leo poldi;
lillian lily lil; louise lou; lorenzo renzo; lourdes lulu; ludwig lutz wiggerl; luis lucho; luigi gigi; lucas
luke; lyubov lyuba; magdalena lena leni magda; malgorzata gosia; manuel manolo manu; manfred manni fred;
margaret maggie meg peggy marge madge daisy peg greta rita; margarete grete gretel greta; margarita rita marga;
maria mia mitzi marichen masha maruja marita; mariya masha; martha patty; martin marty; martinus maarten tinus;
marcel marc; mary molly polly may; matthew matt; matthias matze hias matt; maximilian max maxi; maxim max;
maximiliano max maxi; melissa mel missy; mercedes merche; michael mike mick mickey micky michi; michaela michi;
mikhail misha; mildred millie; mitchell mitch; mohammed mo mohd md; monika moni; nancy nan; natalia natasha
talia; nathan nate; nathaniel nate nat; nicholas nick nicky nico klaus; nicolas nico; nicole nicki; niklas nick
nik; nikolai kolya; nikolaus klaus niko niki; olga olya; oliver ollie olli; ottilie tilly; pamela pam; patricia
pat patty tricia trish; patrick pat paddy; pavel pasha; pedro perico; peter pete; petronella nel; petrus piet
peter; philip phil pip; phillip phil; pierre pierrot; pilar pili; piotr piotrek; rafael rafa; raymond ray;
rebecca becky becca; reginald reg reggie; renate reni; ricardo richi; riccardo ricky; richard rick dick richie
rich ricky; robert rob bob bobby robbie bert; roberto beto; roberta robbie; rodolfo rudi; rudolf rudi rolf;
roger rodge; roland roli; ronald ron ronnie; rosalia lia; rosario charo; roseline rosie; rosemary rosie; rudiger
rudi; salvatore toto turi; samantha sam; samuel sam sammy; sandra sandy; santiago santi; sebastian seb basti
bastian; sergei seryozha; sergio checo; sigmund sigi; siegfried sigi; sidney sid; simon si; sofia sonya;
stanislaw staszek stan; stanley stan; stefan steff; stefanie steffi; stephanie steph steffi; stephen steve
stevie; steven steve stevie; svetlana sveta; susan sue susie suzy; susanne susi sanne; suzanne sue; tamara tamy;
tatiana tanya tanja; teresa tess tessa tere; thaddeus tad; theodor theo; theodore ted teddy theo; theodorus theo
dirk; theresa terry tess resi; thomas tom tommy; timothy tim timmy; tobias tobi; ulrich uli; ulrike uli ulli;
ursula uschi ulla; valentina valya; veronica ronnie vero; veronika vroni; vasily vasya; vicente chente; victor
vic; victoria vicky vicki tori; viktor vitya; vincent vin vince vinny; vincenzo enzo; virginia ginny; vladimir
vova volodya vlad; vladislav vlad slava; vyacheslav slava; walter walt wally; wilfred wilf; wilhelm willi willy
helmut; wilhelmina mina wil; wilhelmus wim willem; willem wim; william bill will billy willy; winifred winnie;
wojciech wojtek; wolfgang wolf wolfi; xaver xaverl; yekaterina katya; yelena lena; yevgeny zhenya; yuri yura;
zachary zach zack; zdenek zdena; nikolaos nikos; konstantinos kostas; emmanouil manolis; athanasios thanasis
thanos; spyridon spyros; michail michalis; vasileios vasilis; dimitrios dimitris; georgios giorgos; ioannis
giannis
"""

OTHERS = """
aage aaron adam adrian adriana agata agnieszka aino alain alan albertina aldo alice alicia alina ambra
amelie anders andras andre andriana andris angelica angelika angelina angelique angelo anita anja anjali
annette annika anouk ante antonella antonia antonio antti aoife ari aris arne arnold arturo astrid attila
axel ayse balazs barbara barbora bart beat beata bence birgit bjorn bogdan bohdan bohdana boris bram bruno
camilla carlo carlos carlotta carmen cedric celine chiara cian claude claudia claudine claudio colin conor
constantin corinna cosmin daan dag damian damien dan daniela danila danilo danuta daria dario dariusz denise
diana diego dieter dirk dominik dominika dominique donatella doris dorota edith eduard eeva egle egon elena
elias elif elin elke ella ellen elsa emanuel emilia emilio emma emre enrico eoin erika ernesto ernst
erzsebet esteban esther eszter eva evelyn ewa fabia fabian fabio fabiola fabrice felix femke ferenc fiona
fionn florence francine frederika frida friederike gabor gabriela gael gemma georgina gheorghe gianluca
giorgia giorgio giovanna giovanni gisela giulia gloria graham grainne grazyna greta grzegorz guido gunnar
gunter gustaf hakan halina hannah harald hedwig heidi heike heiko helga henrietta hugo ida ignaz ilona ilse
ilze ines inese inga inge ingrid inna ioan ioana ion isaac istvan ivana ivo iwona jaan jadwiga jana janez
janina janis janusz jarek jasmin jeanette jelle jens jerome jerzy joanna joaquin joel joern johanna jolanta
jonas jordi jorge josefa jozsef juergen jukka juliana juliane julio julius jurgen juri juris justin justina
justine jutta kadri kai kaisa kamil karel karen karin katalin katja keith kevin kjell klaudia krystyna laima
lara larissa lasse laszlo laura lea leila lena leona leonie leonora liam lidia lieke liis lina linda lisa
liv loic lorena lorenza lothar louisa lucia luciana luciano lucie ludovic luigi luka lydia magdalena magnus
maja mantas manuela marcela marcin marcos marek marian mariana marianne mariano marina mario marion marius
marlene mart marta martina marton mate mateja mathilde matti maurice mauricio maurizio max maximilian mehmet
melanie mette mia michaela miguel mihaela mihai mika mikko milan milena mirela miriam mirko mona monica
monique muriel nejc niamh nicusor nils nina noah noel nora norbert oisin oksana olaf olafur ole olivia
olivier orla oscar oskar otto paola paolo pascal patrice patrik paula paulina pauline pekka per petra petro
pia pilar priya radu raffaele raffaella rahul rainer ralf ramon raul regina regula reinhard renata rene reto
ricarda rita roberta robin rocio romain roman rory rosa ruben ruta ruth sabine samira sandrine sanjay sanna
sanne santiago sebastien sem serge sergio sigridur silke silvan silvana silvia silvio simona simone sinead
siobhan solveig sonia sonja sophie stanislaw stefana stefania stella sten sven svitlana sylvia sylvie
tadeusz tania tanja taras thierry thijs thorsten tiago tiina till tim timo tina tomasz tomislav torsten udo
ulf urs ursula uta ute uwe valeria valerie vanessa vera veronika vesna vijay vincenza vlad vreni wanda
wiebke wieslaw wilma wout xenia yaroslav yaroslava yasmin yves yvonne zbigniew zeljko zeynep zlatko zoe
zofia zoltan zsuzsanna
"""
