//! How people write about each common problem: the words the suggestion starts from, in Russian and Uzbek. Scripts are
//! folded together, so Uzbek is written once.

use model::requests::Category::{self, *};

/// One common problem: its key, category and phrases.
pub(super) struct Seed {
    pub key: &'static str,
    pub category: Category,
    /// Parted by semicolons.
    pub phrases: &'static str,
}

const fn seed(key: &'static str, category: Category, phrases: &'static str) -> Seed {
    Seed { key, category, phrases }
}

/// In the order of the shipped classifier.
#[rustfmt::skip]
pub(super) const LEXICON: &[Seed] = &[
    seed("flat.tap", Plumbing,
        "кран на кухне течёт;капает смеситель в ванной;не закрывается кран;сломался смеситель;кран капает;течёт вода из крана;вентиль не держит;надо поменять прокладку в кране;\
         joʻmrak oqyapti;oshxonada kran tomchilayapti;smesitel buzilgan;kran yopilmayapti;kran oqayapti;joʻmrakdan suv tomchilayapti;ventil yopilmaydi;kran sinib qoldi"),
    seed("flat.burst", Plumbing,
        "прорвало трубу;лопнула труба вода хлещет;заливаем соседей;затопило квартиру;вода льётся на пол не можем перекрыть;сорвало кран хлещет вода;лопнул шланг гибкая подводка;потоп в квартире;\
         quvur yorildi;truba yorilib ketdi suv otilyapti;qoʻshnilarni suv bosyapti;uyni suv bosdi;suv toʻxtamayapti yopa olmayapmiz;kran otilib ketdi;shlang yorilib ketdi"),
    seed("flat.leak_above", Plumbing,
        "топит сверху соседи;течёт с потолка;мокрое пятно на потолке;капает с потолка в ванной;соседи сверху затопили;потолок мокрый протечка;\
         tepadan suv oqyapti;shiftdan tomchilayapti;shiftda nam dogʻ;tepadagi qoʻshnilar suv bosdi;potolokdan suv tushyapti;shift hoʻl boʻldi"),
    seed("flat.sewer", Plumbing,
        "засор в ванной;вода не уходит в раковине;унитаз забился;канализация забита;вода уходит медленно;засорилась труба на кухне;вода стоит в ванне;\
         kanalizatsiya tiqilib qolgan;suv ketmayapti;unitaz tiqildi;rakovinada suv turib qolgan;vanna tiqilib qoldi;zasor boʻldi;oshxonada suv sekin ketyapti"),
    seed("flat.sewer_flood", Plumbing,
        "канализация поднялась из унитаза идёт на пол;фекалии затопили туалет;из канализации льётся на пол;прорвало канализацию;\
         kanalizatsiya koʻtarilib polga oqyapti;unitazdan suv chiqib ketyapti;kanalizatsiya yorildi hojatxona suv;axlat suvi polga chiqyapti"),
    seed("flat.toilet", Plumbing,
        "бачок унитаза не держит воду;вода бежит в унитазе постоянно;сломался бачок;унитаз шатается;кнопка слива не работает;течёт бачок;\
         unitaz bachogi suv ushlamayapti;bachok oqyapti;unitaz qimirlayapti;unitazda suv toʻxtamay oqyapti;bachok tugmasi ishlamayapti"),
    seed("flat.siphon", Plumbing,
        "подтекает сифон под раковиной;под мойкой лужа;капает гибкая подводка;течёт под раковиной подставили ведро;подводка подтекает;гофра течёт;\
         sifon oqyapti rakovina tagida;rakovina tagidan suv oqyapti;mojka tagida suv;gofra oqyapti;chelak qoʻyib turibmiz rakovina;podvodka oqyapti"),
    seed("flat.riser", Plumbing,
        "капает со стояка;стояк течёт в туалете;свищ на стояке;ржавый стояк мокрый;труба стояка подтекает;\
         stoyakdan tomchilayapti;stoyak oqyapti hojatxonada;stoyak quvuri chirigan;stoyakdan suv oqadi"),
    seed("flat.no_cold", Plumbing,
        "нет воды;нет холодной воды;воды нет с утра;отключили воду;из крана не идёт вода;пропала вода;\
         suv yoʻq;sovuq suv yoʻq;ertalabdan suv kelmayapti;suvni oʻchirib qoʻyishdi;krandan suv kelmayapti;suv qachon keladi"),
    seed("flat.no_hot", Plumbing,
        "нет горячей воды;горячая вода еле тёплая;горячая вода холодная;когда дадут горячую воду;отключили горячую;вода чуть тёплая;\
         issiq suv yoʻq;issiq suv iliq kelyapti;issiq suv qachon beriladi;issiq suv sovuq kelyapti;goryachiy suv yoq"),
    seed("flat.pressure", Plumbing,
        "слабый напор воды;вода еле идёт;нет давления воды;напор плохой на этаже;вода тоненькой струйкой;\
         suv bosimi past;suv zoʻrgʻa kelyapti;napor yoʻq;suv juda sekin chiqadi;bosim yoʻq suv kam;suv jildirab kelyapti"),
    seed("flat.rust", Plumbing,
        "из крана идёт ржавая вода;вода жёлтая;вода мутная грязная;вода с запахом;коричневая вода;\
         zangli suv kelyapti;suv sariq;suv loyqa iflos;suvdan hid kelyapti;qora suv kelyapti"),
    seed("flat.sewer_smell", Plumbing,
        "пахнет канализацией в ванной;воняет из вентиляции туалет;запах канализации в квартире;неприятный запах из слива;\
         kanalizatsiya hidi kelyapti;vannadan yomon hid;hojatxonadan sassiq hid;rakovinadan hid chiqyapti"),
    seed("flat.meter", Plumbing,
        "счётчик воды не крутится;поставить пломбу на счётчик;замена счётчика воды;поверка счётчика;счётчик запотел цифр не видно;сорвана пломба;\
         suv hisoblagichi ishlamayapti;schyotchik almashtirish kerak;hisoblagichga plomba qoʻyish;suv schyotchigi aylanmayapti;hisoblagichni tekshirish;plomba uzilgan"),
    seed("flat.pipe_noise", Plumbing,
        "гудят трубы по ночам;трубы шумят вибрируют;стук в трубах;гул в трубах воды;\
         quvurlar gʻuvillaydi;trubalar shovqin qilyapti;quvurlarda taqillash;kechasi truba guvillaydi"),
    seed("flat.no_power", Electrical,
        "нет света в квартире;пропало электричество дома;света нет;отключили свет за долги;половина квартиры без света;пропала фаза;нет электричества;\
         uyda tok yoʻq;chiroq yoʻq xonadonda;svet yoʻq uyda;elektr yoʻq;xonalarning yarmida tok yoʻq;svet oʻchib qoldi;tok kelmayapti"),
    seed("flat.breaker", Electrical,
        "выбивает автомат;срабатывает автомат при чайнике;пробки выбивает;узо отключается;автомат не включается;\
         avtomat oʻchib qolyapti;avtomat uriyapti;probka uchib ketdi;choynak yoqsak avtomat oʻchadi;uzo oʻchib qolayapti"),
    seed("flat.socket", Electrical,
        "искрит розетка;розетка не работает;выключатель сломался;розетка греется;оплавилась розетка;выпала розетка;\
         rozetka uchqun chiqaryapti;rozetka ishlamayapti;viklyuchatel buzildi;rozetka qiziyapti;rozetka erib ketdi;rozetka tushib qoldi"),
    seed("flat.flicker", Electrical,
        "мигает свет в квартире;скачет напряжение;низкое напряжение;лампочки моргают;напряжение прыгает техника горит;\
         chiroq oʻchib yonyapti;kuchlanish past;tok sakrayapti;lampochkalar miltillayapti;napryajeniye past;tok kuchlanishi oʻynayapti"),
    seed("flat.el_meter", Electrical,
        "электросчётчик не работает;счётчик света показывает ошибку;заменить счётчик электроэнергии;счётчик мотает много света;\
         elektr hisoblagich ishlamayapti;svet schyotchigi buzilgan;elektr schyotchik almashtirish;tok hisoblagichi xato koʻrsatyapti"),
    seed("flat.wiring", Electrical,
        "пахнет горелой проводкой;искрит щиток дым;замыкание проводки;горит проводка;загорелась розетка дым;запах гари из щитка;\
         sim kuygan hidi kelyapti;shitdan tutun chiqyapti;zamikaniye boʻldi;sim yonib ketdi;shitok uchqun tutun;simlar kuyib ketyapti"),
    seed("flat.cold_radiator", Heating,
        "батареи холодные;не греет батарея;в комнате холодно отопление не работает;радиатор чуть тёплый;плохо топят;греет половина радиатора;стояк отопления холодный;нет отопления в квартире;\
         batareya sovuq;batareya isimayapti;uy sovuq isitish ishlamayapti;radiator iliq;otopleniye yoʻq;radiatorning yarmi isiyapti;isitish yoʻq;xona sovuq batareyalar"),
    seed("flat.radiator_leak", Heating,
        "капает с радиатора;батарея течёт;подтекает батарея лужа под батареей;кран на батарее капает;мокро под радиатором;ржавчина на батарее подтёк;\
         batareya oqyapti;radiatordan suv tomchilayapti;batareya tagida suv;batareya krani tomchilayapti;radiator oqib yotibdi"),
    seed("flat.radiator_burst", Heating,
        "лопнула батарея хлещет кипяток;сорвало кран на батарее;прорвало радиатор кипяток;лопнул радиатор заливает;\
         batareya yorildi qaynoq suv;radiator yorilib ketdi;batareya krani otilib ketdi;issiq suv otilyapti batareyadan"),
    seed("flat.air", Heating,
        "шумит батарея воздух;спустить воздух из батареи;развоздушить стояк;булькает в батареях;завоздушена система;\
         batareyada havo bor;batareyadan havo chiqarish kerak;batareya shovqin qilyapti;stoyakdan havoni chiqarish;radiatorda havo qulqullaydi"),
    seed("flat.too_hot", Heating,
        "очень жарко в квартире батареи;слишком сильно топят;прикрутите отопление;батареи кипяток дышать нечем;\
         juda issiq isitishni pasaytiring;batareyalar haddan ortiq issiq;isitish juda kuchli;uy dim issiq batareya"),
    seed("flat.towel", Heating,
        "полотенцесушитель холодный;не греет полотенцесушитель;змеевик в ванной холодный;\
         sochiq quritgich sovuq;polotensesushitel isimayapti;vannadagi zmeyevik sovuq;sochiq quritkich ishlamaydi"),
    seed("flat.heat_schedule", Heating,
        "когда включат отопление;когда начнётся отопительный сезон;когда дадут тепло;отопление ещё не включили;\
         isitish qachon yoqiladi;otopleniye qachon beriladi;issiqlik qachon keladi;isitish mavsumi qachon boshlanadi"),
    seed("flat.window", Doors,
        "не закрывается окно в квартире;балконная дверь провисла;сломалась ручка окна;дует из окна;\
         deraza yopilmayapti;balkon eshigi osilib qolgan;deraza tutqichi sindi;romdan shamol kiryapti;oyna yopilmaydi"),
    seed("flat.lock", Doors,
        "заклинило замок квартиры;не могу открыть дверь квартиры;ключ сломался в замке;замок заедает в квартире;вскрыть дверь потерял ключи;\
         xonadon eshigi qulfi qotib qoldi;uy eshigini ocholmayapman;kalit qulfda sindi;kalitni yoʻqotdim eshikni ochish;qulf tiqilib qoldi uy"),
    seed("flat.locked_child", Doors,
        "ребёнок закрылся дома один;дверь захлопнулась внутри ребёнок;бабушка не может открыть дверь плохо;ребёнок заперт не открывается замок;\
         bola uyda qamalib qoldi;eshik yopilib qoldi ichkarida bola;bola ichkarida eshik ochilmayapti;buvim eshikni ocholmayapti"),
    seed("flat.mold", Other,
        "плесень на стене;сырость в углу;чёрный грибок в комнате;промерзает стена;мокрая наружная стена;\
         devorda mogʻor;burchakda namlik;devor zaxlagan;devor nam qora dogʻ;uyda zax"),
    seed("flat.ventilation", Other,
        "не работает вентиляция;нет тяги в вытяжке;запахи соседей из вентиляции;вентиляция дует обратно;\
         ventilyatsiya ishlamayapti;havo tortmayapti;vityajka ishlamaydi;ventilyatsiyadan qoʻshni hidi"),
    seed("flat.gas", Other,
        "запах газа;пахнет газом в подъезде;утечка газа;сильно пахнет газом;газом воняет;\
         gaz hidi kelyapti;gaz hidi bor podyezdda;gaz chiqyapti;utechka gaz;gaz sizib chiqyapti"),
    seed("flat.noise", Other,
        "соседи шумят ночью;громкая музыка соседи;ремонт в неурочное время;сверлят в выходной;соседи кричат;\
         qoʻshnilar shovqin qilyapti;kechasi baland musiqa;qoʻshnilar kech taʼmir qilyapti;dam olish kuni parmalayapti;qoʻshnilar baqiryapti"),
    seed("entrance.light", Electrical,
        "не горит свет в подъезде;перегорела лампочка на этаже;темно на лестнице;в подъезде темно;лампочки перегорели;свет на площадке не горит;\
         podyezdda chiroq yoʻq;yoʻlakda lampochka kuygan;zinapoya qorongʻi;qavatda chiroq yonmayapti;lampa kuyib qoldi podyezd;podyezd qorongi;qavatimizda svet yonmayapti"),
    seed("entrance.no_power", Electrical,
        "во всём подъезде нет света;весь дом без света;обесточен подъезд;отключилось электричество во всём доме;\
         butun podyezdda tok yoʻq;butun uyda svet yoʻq;hamma qavatda tok oʻchdi;podyezd toʻliq toksiz;domda tok yoq"),
    seed("entrance.sensor", Electrical,
        "датчик движения не срабатывает;свет горит днём;свет горит круглосуточно;датчик света сломан;\
         harakat datchigi ishlamayapti;chiroq kunduzi ham yonyapti;datchik buzilgan;svet kun boʻyi yonib turibdi"),
    seed("entrance.panel", Electrical,
        "щиток на этаже открыт;торчат провода;оголённые провода на лестнице;гудит электрощит;дверца щитка сломана;\
         elektr shit ochiq;simlar chiqib turibdi;shit eshigi singan;yalangʻoch simlar;shitok guvillayapti qavatda"),
    seed("entrance.dirty", Cleaning,
        "грязно в подъезде;не мыли полы;не убирают подъезд;уборщица не приходит;лестница грязная;пыль на лестнице;мусор в подъезде;\
         podyezd iflos;pol yuvilmagan;farrosh kelmayapti;zinapoya kir;yoʻlak tozalanmagan;podyezdni yuvishmayapti;zinapoya chang"),
    seed("entrance.rubbish", Cleaning,
        "оставили строительный мусор на этаже;мешки с мусором на площадке;старая мебель на лестнице;соседи выставили мусор;коробки загромождают проход;\
         qavatda qurilish chiqindilari;qoplar qoldirilgan qavatda;eski mebel zinapoyada;qoʻshni axlatini chiqarib qoʻygan;yoʻlakda axlat qoplari;qutilar yoʻlni toʻsgan"),
    seed("entrance.chute", Cleaning,
        "мусоропровод забит;засорился мусоропровод;не работает мусоропровод;вонь из мусоропровода;\
         musoroprovod tiqilib qolgan;chiqindi quvuri tiqilgan;musoroprovod ishlamayapti;musoroprovoddan hid"),
    seed("entrance.pests", Cleaning,
        "тараканы в подъезде;крысы в подвале;мыши;клопы;нужна дезинфекция обработка;травить тараканов;муравьи;\
         suvaraklar koʻpaydi;kalamush bor;dori sepish kerak;sichqonlar;hasharotlarga qarshi dori;suvarak podyezdda;klop bor"),
    seed("entrance.animals", Cleaning,
        "кошки в подъезде запах;собака нагадила;вонь в подъезде;пахнет мочой;бездомные животные в подъезде;\
         podyezdda mushuklar hid;it iflos qilgan;podyezdda yomon hid;siydik hidi;daydi itlar kirib olgan"),
    seed("entrance.windows", Cleaning,
        "помыть окна в подъезде;окна на лестнице грязные;стены исписаны;закрасить надписи;объявления наклеены на стены;\
         podyezd oynalari kir;derazalarni yuvish kerak zinapoyada;devorga yozib tashlashgan;eʼlonlarni olib tashlash;devorlarni boʻyash yozuv"),
    seed("entrance.spill", Cleaning,
        "разлили масло на лестнице скользко;осколки стекла по полу;разбито стекло в подъезде;разлили краску;\
         zinaga yogʻ toʻkilgan sirpanchiq;oyna singan shishalar yerda;shisha siniqlari zinapoyada;boʻyoq toʻkilgan"),
    seed("entrance.intercom", Doors,
        "домофон не работает;домофон не открывает дверь;трубка домофона молчит;домофон сломан;не слышно в домофон;домофон не звонит;\
         domofon ishlamayapti;domofon eshikni ochmayapti;domofon trubkasi ishlamaydi;domofon buzilgan;domofonda ovoz yoʻq;domofon jiringlamaydi"),
    seed("entrance.keys", Doors,
        "нужен ключ от домофона;чип домофона не срабатывает;сделать дубликат ключа;ключ перестал открывать домофон;таблетка домофона;\
         domofon kaliti kerak;domofon kaliti ishlamay qoldi;chip ishlamayapti;kalit nusxasi kerak;yana ikkita kalit domofon"),
    seed("entrance.door", Doors,
        "дверь подъезда не закрывается;доводчик сломан;дверь хлопает;дверь в подъезд сломана;оторвали ручку двери подъезда;входная дверь перекосилась;\
         podyezd eshigi yopilmayapti;dovodchik buzilgan;eshik qattiq yopiladi;podyezd eshigi singan;eshik tutqichi uzilgan;yoʻlak eshigi qiyshaygan"),
    seed("entrance.lock", Doors,
        "замок входной двери подъезда заедает;сорван замок на чердаке;подвал открыт посторонние;нет замка на чердаке;магнитный замок не держит;\
         podyezd qulfi tiqilyapti;chordoq qulfi buzilgan;yertoʻla eshigi ochiq begonalar;qulf yoʻq chordoqda;magnit qulf ushlamayapti"),
    seed("entrance.stuck", Doors,
        "заклинило дверь подъезда люди не могут выйти;не можем выйти из подъезда;дверь подъезда не открывается магнит;\
         podyezd eshigi qotib qoldi odamlar chiqolmayapti;podyezddan chiqa olmayapmiz;podyezd eshigi ochilmayapti"),
    seed("entrance.glass", Doors,
        "разбито окно в подъезде;стекло треснуло в двери тамбура;окно в подъезде не закрывается;выбили стекло на лестнице;\
         podyezd derazasi singan;tambur oynasi darz ketgan;zinapoyada oyna sindirilgan;podyezd romi yopilmaydi"),
    seed("entrance.mailbox", Other,
        "почтовый ящик сломан;взломали почтовые ящики;ящик для почты не закрывается;\
         pochta qutisi buzilgan;pochta qutilari sindirilgan;pochta yashigi yopilmayapti"),
    seed("entrance.rail", Other,
        "шатаются перила;сломаны перила на лестнице;ступенька разбита;разрушена ступень крыльца;нет пандуса;\
         zinapoya panjarasi qimirlayapti;perila sinib qolgan;zina siniq;zinapoya pogʻonasi buzilgan;pandus yoʻq kerak"),
    seed("entrance.walls", Other,
        "отвалилась плитка в подъезде;облупилась краска;нужен ремонт подъезда;штукатурка сыпется в подъезде;побелка;\
         plitka koʻchib tushgan podyezdda;boʻyoq koʻchgan;podyezdni taʼmirlash kerak;suvoq tushyapti yoʻlakda;remont podyezd"),
    seed("entrance.radiator", Heating,
        "на лестнице холодно батарея в подъезде отключена;в подъезде не греют батареи;батарея на площадке холодная;\
         podyezddagi batareya sovuq;yoʻlak sovuq isitish yoʻq;zinapoyada batareya ishlamayapti"),
    seed("lift.stuck_people", Elevator,
        "застряли в лифте;человек застрял в лифте;лифт остановился внутри люди;лифт встал мы внутри;ребёнок в лифте застрял;\
         liftda qolib ketdik;liftda odam qolib ketdi;lift toʻxtab qoldi ichida odam;liftda bola qolib ketdi;lift ichida qamalib qoldik;liftga tiqilib qoldik"),
    seed("lift.broken", Elevator,
        "лифт не работает;лифт стоит;сломался лифт;лифт не едет;лифт отключён;не приезжает лифт;\
         lift ishlamayapti;lift buzilgan;lift yurmayapti;lift toʻxtab qolgan;lift kelmayapti;lift oʻchirilgan"),
    seed("lift.doors", Elevator,
        "двери лифта не закрываются;двери лифта закрываются быстро прищемило;двери лифта заедают;не открываются двери лифта;\
         lift eshigi yopilmayapti;lift eshigi tez yopiladi;lift eshigi qisib qoldi;lift eshigi ochilmayapti;lift eshigi tiqilyapti"),
    seed("lift.button", Elevator,
        "кнопка лифта не нажимается;не горит кнопка вызова лифта;кнопка этажа сломана;нет связи с диспетчером из лифта;лифт не вызывается;\
         lift tugmasi bosilmayapti;lift chaqirish tugmasi ishlamaydi;dispetcher bilan aloqa tugmasi;qavat tugmasi buzilgan liftda;lift knopkasi ishlamayapti"),
    seed("lift.noise", Elevator,
        "лифт дёргается;скрипит лифт;лифт трясёт между этажами;странный звук в лифте;лифт стучит гремит;\
         lift silkinadi;lift gʻijirlaydi;lift qattiq silkinib yuradi;liftdan gʻalati ovoz;lift taqillaydi"),
    seed("lift.level", Elevator,
        "лифт не останавливается на этаже;останавливается ниже уровня пола;лифт проезжает этаж;лифт путает этажи;\
         lift qavatda toʻxtamayapti;lift poldan pastda toʻxtaydi;lift boshqa qavatga boradi;lift qavatlarni adashtiradi"),
    seed("lift.light", Elevator,
        "в лифте не горит свет;в кабине темно;сломали зеркало в лифте;лифт грязный;поручень в лифте оторван;\
         lift ichida chiroq yoʻq;kabinada qorongʻi;liftdagi oyna singan;lift kabinasi iflos;lift ichi kir"),
    seed("roof.leak", Other,
        "крыша течёт;протекает кровля;капает на последнем этаже после дождя;крыша протекла;течь с чердака;дождь заливает верхний этаж;\
         tom oqyapti;krisha oqyapti;yomgʻirda oxirgi qavatga tomchilayapti;tomdan suv oʻtyapti;chordoqdan suv oqyapti;yomgʻir yogʻsa shift oqadi"),
    seed("roof.gutter", Other,
        "водосточная труба отвалилась;водосток забит;жёлоб течёт на стену;с водостока льёт на стену;\
         tarnov tushib qolgan;tarnov tiqilgan;suv tarnovidan devorga oqyapti;vodostok singan;tarnov oqadi"),
    seed("roof.ice", Other,
        "сосульки на крыше;снег с крыши сбить;наледь на козырьке;сосульки висят над входом;\
         tomda sumalaklar;tomdagi qorni tushirish;muz osilib turibdi;sumalak kirish ustida;soyabonda muz"),
    seed("roof.canopy", Other,
        "протекает козырёк над подъездом;козырёк сломан;козырёк течёт после дождя;\
         podyezd ustidagi soyabon oqyapti;kozirek singan;soyabon oqadi kirishda"),
    seed("roof.antenna", Other,
        "не работает общая антенна;кабель интернета оборван висит;провода провайдера висят;нет интернета в доме;\
         umumiy antenna ishlamayapti;internet kabeli uzilgan;provayder simlari osilib yotibdi;internet yoʻq"),
    seed("basement.flood", Plumbing,
        "в подвале вода;затопило подвал;подвал залит канализацией;труба течёт в подвале;пар из подвала;\
         yertoʻlada suv bor;podvalni suv bosgan;podvalda quvur oqyapti;yertoʻlaga suv toʻlgan;podvaldan bugʻ chiqyapti"),
    seed("basement.light", Electrical,
        "в подвале нет света;в кладовке темно;лампы в подвале не горят;\
         yertoʻlada chiroq yoʻq;podvalda svet yoʻq;omborxonada chiroq yonmaydi;podval qorongʻi"),
    seed("basement.smell", Cleaning,
        "воняет из подвала;мусор в подвале;комары из подвала;в подвале захламлено;\
         yertoʻladan hid kelyapti;podvalda axlat;podvaldan chivin chiqyapti;yertoʻla axlatga toʻlgan"),
    seed("basement.itp", Heating,
        "нет отопления во всём доме;весь дом без тепла;авария в бойлерной;тепловой узел не работает;котельная отключилась;\
         butun uyda isitish yoʻq;butun dom sovuqda qoldi;qozonxona oʻchib qoldi;bojler ishlamayapti;hammada batareya sovuq"),
    seed("facade.plaster", Other,
        "с фасада падают куски штукатурки;отваливается облицовка сверху;кирпич упал со стены;плитка фасада падает;\
         fasaddan suvoq tushyapti;devordan gʻisht tushdi;fasad qoplamasi koʻchib tushyapti;binodan boʻlaklar tushyapti"),
    seed("facade.crack", Other,
        "трещина в стене дома;трещина растёт;фундамент треснул;дом просел трещины;\
         devorda yoriq;yoriq kattalashyapti;poydevor yorilgan;uy choʻkyapti yoriqlar;devor darz ketdi"),
    seed("facade.seams", Other,
        "промерзает шов между панелями;заделать межпанельные швы;дует из шва;шов протекает панель;\
         panel choklari ochilgan;choklardan shamol kiryapti;panel orasidan suv oʻtyapti;chokni yopish kerak"),
    seed("facade.number", Other,
        "нет таблички с номером дома;доска объявлений сломана;повесить расписание на стенд;табличка подъезда;\
         uy raqami lavhasi yoʻq;eʼlonlar taxtasi singan;podyezd raqami yoʻq;stend qoʻyish kerak"),
    seed("yard.playground", Yard,
        "сломаны качели на детской площадке;горка сломана;торчит железо на площадке;песочница грязная нужен песок;детская площадка;\
         bolalar maydonchasida argʻimchoq singan;gorka singan;qumloqqa qum kerak;bolalar maydonchasi buzilgan;argʻimchoq uzilgan"),
    seed("yard.bench", Yard,
        "сломана скамейка у подъезда;лавочка без доски;урна переполнена;поставьте скамейку;нет урны;\
         oʻrindiq singan;skameyka sinib qolgan;urna toʻlib ketgan;oʻrindiq qoʻyib bering;skameyka taxtasi yoʻq"),
    seed("yard.tree", Yard,
        "дерево наклонилось;спилить сухие ветки;ветки закрывают окно;обрезка деревьев;сухое дерево во дворе;ветки лежат на проводах;\
         daraxt egilgan;quruq shoxlarni kesish;shoxlar derazani toʻsgan;daraxtni butash kerak;qurigan daraxt;shoxlar simga tegyapti"),
    seed("yard.tree_fell", Yard,
        "упало дерево на машину;дерево перегородило выезд;ветка упала на людей;дерево рухнуло на дорогу;\
         daraxt mashina ustiga qulab tushdi;daraxt yoʻlni toʻsib qoldi;daraxt yiqildi;shox uzilib tushdi odamga"),
    seed("yard.light", Electrical,
        "фонарь во дворе не горит;нет освещения двора;уличный фонарь сломан;фонарь у подъезда не горит ночью;темно во дворе;\
         hovlidagi fonar yonmayapti;hovli qorongʻi;koʻcha chirogʻi buzilgan;podyezd oldidagi fonar yonmaydi;hovlida yoritish yoʻq"),
    seed("yard.road", Yard,
        "яма во дворе;разбитый асфальт;тротуар провалился;лужа не пройти после дождя;бордюр сломан;\
         hovlida chuqur;asfalt buzilgan;yoʻlka choʻkib ketgan;yomgʻirdan keyin oʻtib boʻlmaydi koʻlmak;bordyur singan"),
    seed("yard.hatch", Yard,
        "открытый люк во дворе;люк провалился;крышка люка сломана;нет крышки люка дети;\
         lyuk ochiq hovlida;lyuk qopqogʻi yoʻq;lyuk tushib ketgan;lyuk qopqogʻi singan bolalar"),
    seed("yard.barrier", Yard,
        "шлагбаум не открывается;сломался шлагбаум;ворота во двор не закрываются;пульт от шлагбаума;\
         shlagbaum ochilmayapti;shlagbaum ishlamayapti;hovli darvozasi yopilmayapti;shlagbaum pulti kerak;darvoza buzilgan"),
    seed("yard.ditch", Yard,
        "арык забит;вода из арыка у входа;кран для полива течёт;ливнёвка засорена;полив газона не работает;\
         ariq tiqilgan;ariqdan suv toshyapti;sugʻorish krani oqyapti;livnyovka tiqilgan;gazonni sugʻorish;ariqni tozalash"),
    seed("yard.garden", Yard,
        "скосить траву;клумбы заросли;посадить деревья цветы;газон вытоптан;сорняки во дворе;\
         oʻtlarni oʻrish kerak;gulzor oʻt bosgan;koʻchat ekish;gazon bosilib ketgan;begona oʻtlar hovlida"),
    seed("yard.containers", Cleaning,
        "не вывозят мусор;контейнеры переполнены;мусор у контейнеров;мусорка полная запах;баки не вывезли;\
         axlat olib ketilmayapti;konteynerlar toʻlib ketgan;chiqindi qutilari boʻshatilmayapti;musorka toʻlgan hid;chiqindi mashinasi kelmadi"),
    seed("yard.sweep", Cleaning,
        "дворник не убирает двор;листья не убраны;двор грязный;подмести двор;мусор во дворе валяется;\
         farrosh hovlini supurmayapti;barglar yigʻilmagan;hovli iflos;hovlini supurish kerak;dvornik kelmayapti hovli"),
    seed("yard.snow", Cleaning,
        "не убран снег во дворе;гололёд у подъезда;посыпать песком лёд;скользко вход лёд;\
         hovlida qor tozalanmagan;podyezd oldi muz;muzga qum sepish kerak;sirpanchiq yoʻl muzlagan"),
    seed("yard.dogs", Yard,
        "бездомные собаки во дворе;стая собак кусает;агрессивная собака во дворе;\
         hovlida daydi itlar;itlar galasi bolalarni qopadi;egasiz it hujum qildi"),
    seed("parking.cars", Yard,
        "машины паркуются на газоне;загородили проезд машиной;чужая машина на моём месте парковки;поставить столбики от машин;заняли парковочное место;\
         mashinalarni gazonga qoʻyishyapti;mashina yoʻlni toʻsib qoʻygan;parkovka joyimga begona mashina;ustunchalar oʻrnating mashina;avtoturargoh joyi band"),
    seed("parking.garage", Doors,
        "ворота паркинга не открываются;пульт от паркинга не работает;подземный паркинг ворота сломаны;\
         parking darvozasi ochilmayapti;parking pulti ishlamayapti;yer osti parkingi darvozasi buzilgan"),
    seed("parking.flood", Plumbing,
        "вода в подземном паркинге;течёт с потолка паркинга;паркинг затопило;\
         parkingda suv toʻplangan;parking shiftidan suv oqyapti;parkingni suv bosdi"),
    seed("other.bill", Other,
        "не пришла квитанция;неправильно начислили;вопрос по оплате долг;перерасчёт;откуда задолженность;сверка оплаты;\
         kvitansiya kelmadi;notoʻgʻri hisoblangan;toʻlov boʻyicha savol qarz;qayta hisoblash;qarzdorlik qayerdan;toʻlovim tushmadi"),
    seed("other.document", Other,
        "нужна справка о составе семьи;когда приём;справка об отсутствии долга;копия договора;акт о затоплении составить;\
         maʼlumotnoma kerak;qabul kunlari qachon;qarz yoʻqligi haqida spravka;shartnoma nusxasi;dalolatnoma tuzish kerak"),
    seed("other.staff", Other,
        "жалоба на сотрудника;мастер не пришёл;грубил диспетчер;спасибо мастеру;благодарность сантехнику;никто не приехал по заявке;\
         xodim ustidan shikoyat;usta kelmadi;dispetcher qoʻpol gapirdi;ustaga rahmat;ariza boʻyicha hech kim kelmadi;minnatdorchilik bildiraman"),
    seed("other.cctv", Other,
        "камера не работает;нужна запись с камеры;посмотреть видео украли велосипед;установить камеры;\
         kamera ishlamayapti;kameradan yozuv kerak;videokuzatuv oʻrnatish;kamera yozuvini koʻrish velosiped oʻgʻirlandi"),
];
