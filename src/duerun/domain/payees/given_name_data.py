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
