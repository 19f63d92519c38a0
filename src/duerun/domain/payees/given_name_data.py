"""Given names in plain letters: spellings of one name, short forms, and others that are known as given names.

A `;` parts one name from the next; a name may stand in several. Source: general knowledge of usage in English, German,
French, Dutch, Spanish, Italian, Polish, the Nordic languages, Russian, Ukrainian and Arabic.
"""

SPELLINGS = """
alexander aleksandr aleksander alexandr aleksandar oleksandr alexandre; alexandra aleksandra oleksandra;
alexei alexey aleksei aleksey alexej oleksii oleksiy; andrei andrey andrej andrii andriy; anna ana; ann
anne; aisha ayesha aicha aysha; ahmed ahmad ahmet achmed; abdullah abdallah abdulla; ali aly; artem artyom
artiom; brian bryan; carl karl; carol carole; carla karla; caroline karoline; carolin karolin; katherine
catherine katharine catharine kathryn cathryn; katarina katharina catharina; ekaterina yekaterina kateryna;
christian kristian cristian; christina kristina cristina khrystyna; christine kristine; christopher
kristopher cristopher; christoph kristof christof; christoffer kristoffer; claire clare clara klara; daria
darya dariia; dennis denis denys; dmitry dmitri dmitrii dmitriy dmytro dimitri dimitry; elena olena yelena
jelena; elizabeth elisabeth elisabet elizabet; emil emile; eric erik erich eirik; eugene eugen; evgeny
evgeni evgenii yevgeny yevgen yevhen jewgeni; evgenia yevgenia yevheniia; fatima fatma fatimah fatme;
frederick frederik fredrik frederic fredrick fredric; friedrich fridrich; geoffrey jeffrey jeffery; georg
george; georgi georgy georgii heorhii; gerard gerhard gerhart gerardo; hassan hasan hassen; hussein hussain
husain husayn hossein huseyin husein; harry harri; hans hanns; helen helene hellen; henrik hendrik henryk
henric; henry henri; igor ihor; ilya ilia illia ilja; irene irena iryna irina; isabel isabell isabelle
isobel; isabella izabela; ibrahim ebrahim ibrahym; jacob jakob iakov yakov; john jon jhon; jonathan jonathon
johnathan johnathon; josef joseph jozef josip iosif; julia yulia yuliya iuliia yuliia julija; julian julien;
juri yuri yury yurii yuriy iurii jurij; karim kareem; khalid khaled halid; konstantin constantin kostiantyn
constantine; kristin kristen cristin; lakshmi laxmi; laurence lawrence; lorenz laurenz laurens lorens; lucas
lukas; luca luka; louis lewis; luis luiz louis; ludmila lyudmila liudmyla; mahmoud mahmud mehmood;
margarethe margarete margrethe; margaretha margareta; maria mariya mariia marija; mark marc; marko marco;
marcus markus; martin marten; matthew mathew; matthias mathias mattias; matthieu mathieu; matteo mateo;
michael mikael; mikhail mykhailo michail mikhael mihail michael mychajlo; michel michael; mohammed mohamed
muhammad mohammad muhammed mohamad muhamed mehmet mohamet; mustafa mostafa moustafa mustapha; nadia nadya
nadja; natalia natalya nataliia natalija; nathalie natalie; nicholas nicolas nikolas; niklas nicklas niclas;
nikolai nikolay nikolaj mykola; omar umar omer; osama usama oussama; oleg oleh; olga olha; othman osman
uthman; pavel pavlo paul pawel; petr pyotr piotr petro; peter pieter petter peder petar; phillip philip
philipp filip philippe; rachel rachael raquel; rashid rasheed rachid; raphael rafael; rebecca rebekka
rebeka; richard rikard ricard; sara sarah; sean shaun shawn; sergei sergey serhii serhiy sergej sergi
sergiy; sofia sophia sofiya; sofie sophie; stephen steven; stefan stephan steffen stephen; stuart stewart;
suzanne susanne; suzanna susanna zuzana zuzanna; svetlana svitlana; tatiana tatyana tetiana tatjana; teresa
theresa; thomas tomas tomasz; tobias tobiasz; theodor theodore teodor; fyodor fedir fedor; vladimir
volodymyr wladimir; victor viktor wiktor; victoria viktoria viktoriia wiktoria; valentin walentin; walter
valter; werner verner; vasily vasyl wassili vasili vasilij vasiliy; vincent wincent; yusuf youssef yousef
yousuf youssouf yusef josef iosif joussef; zachary zackary
"""

SHORT_FORMS = """
abigail abby gail; agnes aggie; albert al bert bertie; alexander alex sandy sasha lex xander alec sascha
aleks oleksandr sashko alejandro; alexandra alex sandra sasha lexi sandy; aleksandr sasha alex; alfred alf
fred alfie fredi; alejandro alex ale jandro; alexei alyosha alex lyosha; amanda mandy; andrew andy drew;
andreas andi andy; andrea andi; andrei andriy andriusha; angela angie; ann annie nan; anna annie anni anja
anya ania annika anneke; anneliese anne liese; anthony tony ant; antonio toni tony nino; anton toni tony;
antonia toni; antoine tony titouan; antonius toon ton anton; arthur art; augustus gus; barbara babs barb
barbie basia; bartholomew bart; beatrice bea; benedict ben; benedikt ben; benjamin ben benny benji; bernard
bernie; bernhard bernd berni hardy; brigitte gitte gitta; caroline carrie caro; carolina caro; cecilia cissi
celia; charles charlie chuck chas; charlotte lotte charlie lottie; christian chris chrissi; christina chris
tina chrissie; christine chris tine chrissie; christopher chris kit topher; christoph chris; cornelis cees
kees cor; cornelia conny nele; concepcion concha conchita; cynthia cindy; daniel dan danny; daniela dani;
david dave davy; deborah debbie deb; dmitry dima mitya; dolores lola; dominic dom; dorothea dora thea;
dorothy dot dottie; donald don donnie; douglas doug; eberhard ebi; edmund ed eddie ned; eduard edi ede;
eduardo edu lalo; edward ed eddie ted teddy ned; eleanor ellie nell nora; elizabeth liz lizzie beth betty
eliza lisa bess elsie libby betsy elise; elisabeth lisa liesel elli sissi else elsbeth; emmanuel manu; emily
emma; enrique quique kike; ernest ernie; ekaterina katya katja; elena lena; evgeny zhenya; ferdinand ferdi;
fernando nando; florian flo; frances fran fanny; francis frank fran; francisco paco pancho fran kiko curro;
francesca franca; francesco franco cesco; franciscus frans; francois franck; franziska franzi; frantisek
franta; frank frankie; franz franzl; frederick fred freddie freddy; frederik fred freddy rik; friedrich
fritz fred; gabriel gabe; gabriele gabi; gabriela gabi; gerald gerry jerry; geoffrey geoff jeff; jeffrey
jeff geoff; gerard gerry ger; gerhard gerd gert; gerardus gerard ger gerrit; gertrude trudy trudi; gertrud
trudi; giovanni gianni nino; giuseppe beppe peppe pino; graciela chela; gregory greg; grigory grisha;
gunther gunni; guillermo memo guille; guglielmo memmo; guilherme gui; gustav gus; hannelore hanne lore;
harold harry hal; heinrich heinz heini; helena lena leni hela; helene leni lene; helmut helli; hendrik henk
rik; henry harry hank hal; herbert herb bert; hermann menne; hubert hubi; ignacio nacho; ilona ilka; irina
ira; ingeborg inge; isabella bella; isabel isa chabela; ivan vanya; jacob jake; jacqueline jackie; jacobus
jaap koos jaco; jakob jocki; james jim jimmy jamie jem; janet jan; janos jancsi; jennifer jen jenny; jeremy
jerry; jeroen jerom; jesus chucho chuy; jerzy jurek; jessica jess jessie; joachim jochen achim jo; joan
joanie; joanna jo asia; joao joaozinho; johann hans hannes; johannes hans hannes johan jo jan joop; john
jack johnny; jonathan jon jonny jonty; joris sjors; jorgen jorn; josef sepp jupp pepi beppo; joseph joe joey
jo; jose pepe chepe ze; josefina pepa fina; josephine josie; josephus jos jef; joshua josh; juan juanito;
judith judy; julia jule julie; katharina kathi katja kati kathrin katrin; katarzyna kasia; katherine
catherine kathryn kate kathy cathy katie kat kit kay kitty katy; kathleen kathy kate katie; karoline lina;
kenneth ken kenny; kimberly kim; klara klari; klaus klausi; konrad kurt conny; konstantin kostya; krzysztof
krzysiek kris; laurence larry; lambertus bert lambert; leonard len lenny leo; leonardo leo; leopold leo
poldi; lillian lily lil; louise lou; lorenzo renzo; lourdes lulu; ludwig lutz wiggerl; luis lucho; luigi
gigi; lucas luke; lyubov lyuba; magdalena lena leni magda; malgorzata gosia; manuel manolo manu; manfred
manni fred; margaret maggie meg peggy marge madge daisy peg greta rita; margarete grete gretel greta;
margarita rita marga; maria mia mitzi marichen masha maruja marita; mariya masha; martha patty; martin
marty; martinus maarten tinus; marcel marc; mary molly polly may; matthew matt; matthias matze hias matt;
maximilian max maxi; maxim max; maximiliano max maxi; melissa mel missy; mercedes merche; michael mike mick
mickey micky michi; michaela michi; mikhail misha; mildred millie; mitchell mitch; mohammed mo mohd md;
monika moni; nancy nan; natalia natasha talia; nathan nate; nathaniel nate nat; nicholas nick nicky nico
klaus; nicolas nico; nicole nicki; niklas nick nik; nikolai kolya; nikolaus klaus niko niki; olga olya;
oliver ollie olli; ottilie tilly; pamela pam; patricia pat patty tricia trish; patrick pat paddy; pavel
pasha; pedro perico; peter pete; petronella nel; petrus piet peter; philip phil pip; phillip phil; pierre
pierrot; pilar pili; piotr piotrek; rafael rafa; raymond ray; rebecca becky becca; reginald reg reggie;
renate reni; ricardo richi; riccardo ricky; richard rick dick richie rich ricky; robert rob bob bobby robbie
bert; roberto beto; roberta robbie; rodolfo rudi; rudolf rudi rolf; roger rodge; roland roli; ronald ron
ronnie; rosalia lia; rosario charo; roseline rosie; rosemary rosie; rudiger rudi; salvatore toto turi;
samantha sam; samuel sam sammy; sandra sandy; santiago santi; sebastian seb basti bastian; sergei seryozha;
sergio checo; sigmund sigi; siegfried sigi; sidney sid; simon si; sofia sonya; stanislaw staszek stan;
stanley stan; stefan steff; stefanie steffi; stephanie steph steffi; stephen steve stevie; steven steve
stevie; svetlana sveta; susan sue susie suzy; susanne susi sanne; suzanne sue; tamara tamy; tatiana tanya
tanja; teresa tess tessa tere; thaddeus tad; theodor theo; theodore ted teddy theo; theodorus theo dirk;
theresa terry tess resi; thomas tom tommy; timothy tim timmy; tobias tobi; ulrich uli; ulrike uli ulli;
ursula uschi ulla; valentina valya; veronica ronnie vero; veronika vroni; vasily vasya; vicente chente;
victor vic; victoria vicky vicki tori; viktor vitya; vincent vin vince vinny; vincenzo enzo; virginia ginny;
vladimir vova volodya vlad; vladislav vlad slava; vyacheslav slava; walter walt wally; wilfred wilf; wilhelm
willi willy helmut; wilhelmina mina wil; wilhelmus wim willem; willem wim; william bill will billy willy;
winifred winnie; wojciech wojtek; wolfgang wolf wolfi; xaver xaverl; yekaterina katya; yelena lena; yevgeny
zhenya; yuri yura; zachary zach zack; zdenek zdena
"""

OTHERS = """
aage aaron adam adrian adriana agata agnieszka alain alan albertina aldo alice alicia alina ambra amelie
anders andras andre angelika angelina angelo anita anja annette annika ante antonella ari aris arne arnold
arturo astrid attila axel balazs barbara barbora bart beata bence birgit bjorn bogdan boris bruno camilla
carlos carmen cedric celine chiara claude claudia claudio colin conor constantin corinna cosmin dag damian
damien dan daniela danuta dario dariusz denise diana diego dieter dirk dominik dominique donatella doris
dorota edith eduard egon elena elias elke ella ellen elsa emanuel emilia emma enrico ernesto ernst erzsebet
esteban esther eszter eva evelyn ewa fabian fabio fabrice felix ferenc fiona florence francine frida
friederike gabor gael gemma gheorghe gianluca giorgia giorgio gisela giulia gloria graham grazyna greta
grzegorz guido gunnar gunter gustaf hakan halina hannah harald hedwig heidi heike heiko helga hugo ida ignaz
ilona ilse ines inga ingrid inna ioan ioana ion isaac istvan ivana ivo iwona jadwiga jana janina janusz
jarek jasmin jeanette jens jerome jerzy joanna joaquin joel joern johanna jolanta jonas jordi jorge jozsef
juergen juliana jurgen jutta kai kamil karel karen karin katalin katja keith kevin kjell klaudia krystyna
lara larissa laszlo laura lea leila lena leonie liam lidia lina linda lisa liv loic lothar louisa lucia
lucie ludovic luigi lydia magdalena maja manuela marcela marcin marcos marek marian marina mario marion
marlene marta martina marton mathilde maurice mauricio maurizio max maximilian melanie mette mia miguel
mihaela mihai mika milan milena mirela miriam mirko mona monica monique muriel nicusor nils nina noah noel
nora norbert olaf ole olivia olivier oscar oskar otto paola paolo pascal patrice patrik paula paulina
pauline per petra pia pilar radu rainer ralf ramon raul regina reinhard renata rene rita robin rocio romain
roman rosa ruben ruth sabine samira sandrine sanna santiago sebastien serge silke silvia simone sonia sonja
sophie stanislaw stefania stella sten sven sylvia sylvie tadeusz tania tanja thierry thorsten tiago till tim
timo tina tomasz torsten udo ulf ursula uta ute uwe vanessa vera veronika vesna vlad wanda wiebke wieslaw
wilma xenia yasmin yves yvonne zbigniew zlatko zoe zofia zoltan zsuzsanna
"""
