//! What residents write about, by category: `{e}` is the entrance, `{f}` the floor, `{k}` the flat.

use model::requests::Category;

/// The words of one category in both languages.
pub(super) struct Topic {
    pub category: Category,
    pub ru: &'static [&'static str],
    pub uz: &'static [&'static str],
    /// What cannot wait.
    pub urgent_ru: &'static [&'static str],
    pub urgent_uz: &'static [&'static str],
    /// What the worker reports.
    pub done_ru: &'static [&'static str],
    pub done_uz: &'static [&'static str],
}

/// In the order of [`Category::ALL`].
pub(super) const TOPICS: [Topic; 8] = [
    Topic {
        category: Category::Plumbing,
        ru: &[
            "Течёт кран на кухне, капает уже третий день.", "Подтекает сифон под раковиной, подставили ведро.",
            "Не держит бачок унитаза, вода бежит постоянно.", "Слабый напор холодной воды, на {f} этаже еле идёт.",
            "Засор в ванной, вода уходит очень медленно.", "Мокрое пятно на потолке в ванной, соседи сверху говорят, что у них сухо.",
            "Горячая вода идёт чуть тёплая, минут десять надо сливать.", "Гудят трубы по ночам, особенно в ванной.",
            "Не закрывается вентиль на стояке, хотим поменять смеситель.", "Из крана идёт ржавая вода.",
            "Капает со стояка в туалете, на полу лужица.", "Сильно пахнет канализацией в ванной.",
            "Счётчик холодной воды запотел, цифр не видно.", "Лопнула гибкая подводка, сами перекрыли, нужна замена.",
        ],
        uz: &[
            "Oshxonadagi joʻmrak oqyapti, uch kundan beri tomchilaydi.", "Rakovina tagidagi sifon oqyapti, chelak qoʻyib turibmiz.",
            "Unitaz bachogi suv ushlamayapti.", "Sovuq suv bosimi juda past, {f}-qavatga zoʻrgʻa chiqyapti.",
            "Vannada suv ketmayapti, tiqilib qolgan.", "Vannaxona shiftida nam dogʻ paydo boʻldi.",
            "Issiq suv iliq kelyapti, oʻn daqiqa oqizish kerak.", "Kechasi quvurlar gʻuvillaydi.",
            "Stoyakdagi ventil yopilmayapti, smesitel almashtirmoqchimiz.", "Joʻmrakdan zangli suv kelyapti.",
            "Hojatxonadagi stoyakdan tomchilayapti.", "Vannadan kanalizatsiya hidi kelyapti.",
        ],
        urgent_ru: &[
            "Прорвало трубу в ванной, вода льётся, заливаем соседей!", "Хлещет горячая вода из стояка, перекрыть не можем!",
            "Топит сверху, вода течёт по стенам и по проводке!", "Канализация поднялась, из унитаза идёт на пол!",
        ],
        urgent_uz: &[
            "Vannada quvur yorildi, suv oqyapti, qoʻshnilarga tushyapti!", "Stoyakdan issiq suv otilyapti, yopa olmayapmiz!",
            "Tepadan suv oqyapti, devor va simlarga tegyapti!",
        ],
        done_ru: &[
            "Заменил картридж смесителя, проверил.", "Прочистил, вода уходит нормально.", "Поставил новую подводку и прокладки.",
            "Заменил арматуру бачка.", "Подтянул соединение, сухо. Через неделю проверить.", "Заменил кран на стояке, воду включил.",
        ],
        done_uz: &["Joʻmrakni almashtirdim, tekshirdim.", "Tozaladim, suv yaxshi ketyapti.", "Quvur ulanishini tortdim, quruq."],
    },
    Topic {
        category: Category::Electrical,
        ru: &[
            "Не горит свет на {f} этаже, темно совсем.", "В {e}-м подъезде перегорели лампочки, уже неделю без света.",
            "Мигает свет в квартире, техника выключается.", "Выбивает автомат, когда включаем чайник.",
            "Искрит розетка на кухне.", "Датчик движения на площадке не срабатывает.", "Гудит электрощит на этаже.",
            "Фонарь у подъезда горит днём, а ночью нет.", "Пропала одна фаза, половина квартиры без света.",
            "Щиток на этаже открыт, провода торчат, дети лазят.", "Не работает звонок и подсветка домофона.",
            "В подвале нет света, в кладовку не спуститься.",
        ],
        uz: &[
            "{f}-qavatda chiroq yonmayapti, qorongʻi.", "{e}-podyezdda lampochkalar kuygan, bir haftadan beri chiroq yoʻq.",
            "Uyda chiroq oʻchib-yonib turibdi.", "Choynakni yoqsak, avtomat oʻchib qoladi.", "Oshxonadagi rozetka uchqun chiqaryapti.",
            "Podyezd oldidagi fonar kechasi yonmaydi.", "Xonalarning yarmida tok yoʻq.", "Qavatdagi elektr shit ochiq, simlar chiqib turibdi.",
            "Yertoʻlada chiroq yoʻq.", "Harakat datchigi ishlamayapti.",
        ],
        urgent_ru: &["Пахнет горелой проводкой из щитка, искры!", "Во всём подъезде нет света, старики на лестнице!", "Замыкание в щитке на {f} этаже, идёт дым!"],
        urgent_uz: &["Shitdan kuygan sim hidi kelyapti, uchqun bor!", "Butun podyezdda tok yoʻq!"],
        done_ru: &[
            "Заменил лампы на светодиодные, датчик работает.", "Подтянул контакты в щитке, заменил автомат.",
            "Заменил розетку.", "Нашёл обрыв, восстановил линию.", "Закрыл щит, поставил замок.",
        ],
        done_uz: &["Lampalarni almashtirdim, ishlayapti.", "Shitdagi kontaktlarni tortdim, avtomat almashtirildi."],
    },
    Topic {
        category: Category::Heating,
        ru: &[
            "Батареи холодные, в комнате 15 градусов.", "Греет только половина радиатора, снизу холодный.",
            "Стояк еле тёплый, а у соседей жарко.", "Шумит в батареях, похоже, воздух.", "Капает с радиатора в зале.",
            "Очень жарко, окна не закрываем, прикрутите отопление.", "После промывки батарея в спальне не греет.",
            "Нужно развоздушить стояк, у нас последний этаж.", "На лестнице холодно, батарея в {e}-м подъезде отключена.",
            "Полотенцесушитель холодный вторую неделю.", "Когда включат отопление? В квартире маленький ребёнок.",
            "Краска на радиаторе вздулась, под ней мокро.",
        ],
        uz: &[
            "Batareyalar sovuq, uyda 15 daraja.", "Radiatorning yarmi isiyapti, pasti sovuq.", "Bizning stoyak zoʻrgʻa iliq, qoʻshnilarniki issiq.",
            "Batareyada havo bor, shovqin qilyapti.", "Zaldagi radiatordan suv tomchilayapti.", "Juda issiq, isitishni pasaytirib bering.",
            "Yotoqxonadagi batareya isimayapti.", "Oxirgi qavatmiz, stoyakdan havoni chiqarish kerak.",
            "Isitish qachon yoqiladi? Uyda yosh bola bor.", "Sochiq quritgich ikki haftadan beri sovuq.",
        ],
        urgent_ru: &["Сорвало кран на батарее, хлещет кипяток!", "Лопнул радиатор, заливает квартиру!", "Отопления нет во всём доме, на улице мороз!"],
        urgent_uz: &["Batareya krani otilib ketdi, qaynoq suv oqyapti!", "Butun uyda isitish yoʻq, tashqarida sovuq!"],
        done_ru: &[
            "Спустил воздух, батареи горячие.", "Промыл радиатор, прогрев ровный.", "Отрегулировал балансировочный кран.",
            "Заменил кран Маевского.", "Заварил свищ, стояк запущен.",
        ],
        done_uz: &["Havosini chiqardim, batareyalar issiq.", "Radiatorni yuvdim, isiyapti."],
    },
    Topic {
        category: Category::Elevator,
        ru: &[
            "Лифт в {e}-м подъезде не работает.", "Лифт не останавливается на {f} этаже.", "Двери лифта закрываются слишком быстро, прищемило сумку.",
            "Лифт дёргается и скрипит между этажами.", "Кнопка {f} этажа не нажимается.", "В кабине не горит свет.",
            "Лифт едет сам по себе, вызовы путает.", "В лифте сломали зеркало и поручень.", "Двери не закрываются до конца, приходится придерживать.",
            "Кабина останавливается ниже уровня пола, старики спотыкаются.", "Не работает кнопка связи с диспетчером.",
        ],
        uz: &[
            "{e}-podyezddagi lift ishlamayapti.", "Lift {f}-qavatda toʻxtamayapti.", "Lift eshigi juda tez yopiladi.",
            "Lift qavatlar orasida silkinadi va gʻijirlaydi.", "{f}-qavat tugmasi bosilmayapti.", "Kabinada chiroq yoʻq.",
            "Lift eshigi oxirigacha yopilmayapti.", "Dispetcher bilan aloqa tugmasi ishlamaydi.",
        ],
        urgent_ru: &["Застряли в лифте между {f} и соседним этажом, с ребёнком!", "Человек застрял в лифте, {e}-й подъезд!", "Лифт упал на полэтажа и встал, внутри пожилая женщина!"],
        urgent_uz: &["Liftda qolib ketdik, {e}-podyezd, bola bilan!", "Liftda odam qolib ketdi!"],
        done_ru: &[
            "Перезапустил, заменил контакт дверей.", "Заменил ролик двери, отрегулировал закрытие.", "Заменил кнопку вызова.",
            "Смазал направляющие, скрипа нет.", "Пассажиров выпустил за 18 минут, лифт проверен.",
        ],
        done_uz: &["Liftni ishga tushirdim, eshik kontakti almashtirildi.", "Tugmani almashtirdim."],
    },
    Topic {
        category: Category::Cleaning,
        ru: &[
            "В {e}-м подъезде не мыли полы больше недели.", "Кто-то оставил мешки со строительным мусором на {f} этаже.",
            "Мусор возле контейнеров не вывозят третий день, запах.", "Окна на лестнице грязные, давно не мыли.",
            "В подъезде кошки, запах невозможный.", "Разлили краску на первом этаже.", "Тараканы идут из мусоропровода, нужна обработка.",
            "Дворник не убрал листья, вход засыпан.", "Стены в подъезде исписаны, просим закрасить.",
            "Мусоропровод забит между {f} этажом и ниже.", "После ремонта у соседей вся лестница в пыли.",
        ],
        uz: &[
            "{e}-podyezdda bir haftadan beri pol yuvilmagan.", "{f}-qavatda qurilish chiqindilari qoldirilgan.",
            "Chiqindi qutilari uch kundan beri boʻshatilmayapti, hid chiqyapti.", "Zinapoyadagi oynalar juda kir.",
            "Podyezdda suvarak koʻpaydi, dori sepish kerak.", "Barglar yigʻilmagan, kirish joyi toʻlib qolgan.",
            "Devorlarga yozib tashlashgan, boʻyab bering.", "Qoʻshnilarning taʼmiridan keyin zinapoya chang boʻlib yotibdi.",
        ],
        urgent_ru: &["Разлили масло на лестнице, человек уже упал!", "Разбито стекло в подъезде, осколки по всему полу, дети ходят!"],
        urgent_uz: &["Zinaga yogʻ toʻkilgan, odam yiqildi!", "Podyezdda oyna singan, shishalar yerda yotibdi!"],
        done_ru: &["Подъезд вымыт, мусор вынесен.", "Контейнеры вывезли, площадку промыли.", "Провели обработку, повтор через две недели.", "Стены закрашены, окна вымыты."],
        done_uz: &["Podyezd yuvildi, chiqindi olib chiqildi.", "Konteynerlar boʻshatildi."],
    },
    Topic {
        category: Category::Doors,
        ru: &[
            "Домофон не открывает дверь {e}-го подъезда.", "Дверь в подъезд не закрывается, доводчик сломан.",
            "Заедает замок входной двери.", "Ключ от домофона перестал работать.", "Оторвали ручку на двери подъезда.",
            "Дверь хлопает так, что слышно на {f} этаже.", "Замок на чердаке сорван, лазят подростки.",
            "Трубка домофона молчит, гости звонят по телефону.", "Стекло в двери тамбура треснуло.",
            "Дверь в подвал открыта, там спят посторонние.", "Нужны ещё два ключа от домофона.",
        ],
        uz: &[
            "{e}-podyezd domofoni eshikni ochmayapti.", "Podyezd eshigi yopilmayapti, dovodchik buzilgan.", "Kirish eshigining qulfi tiqilyapti.",
            "Domofon kaliti ishlamay qoldi.", "Podyezd eshigining tutqichi uzilgan.", "Eshik qattiq yopiladi, {f}-qavatda ham eshitiladi.",
            "Domofon trubkasi ishlamaydi.", "Yana ikkita domofon kaliti kerak.",
        ],
        urgent_ru: &["Заклинило дверь подъезда, люди не могут выйти!", "Дома закрылся маленький ребёнок, замок не открывается!"],
        urgent_uz: &["Podyezd eshigi qotib qoldi, odamlar chiqolmayapti!"],
        done_ru: &["Заменил доводчик, дверь закрывается плавно.", "Перепрограммировал домофон, ключи работают.", "Заменил личинку замка, ключи переданы.", "Поставил новую ручку."],
        done_uz: &["Dovodchik almashtirildi.", "Domofon sozlandi, kalitlar ishlayapti."],
    },
    Topic {
        category: Category::Yard,
        ru: &[
            "На детской площадке сломаны качели, торчит железо.", "Сломана скамейка у {e}-го подъезда.",
            "Дерево наклонилось над машинами, сухие ветки падают.", "Яма во дворе, после дождя не пройти.",
            "Машины паркуют на газоне, поставьте столбики.", "Арык забит, вода стоит у входа.", "Не работает шлагбаум во дворе.",
            "Люк у дома проваливается под ногой.", "Кран для полива течёт, на асфальте лужа.", "Ветки закрывают фонарь, вечером темно.",
            "Песочницу превратили в кошачий туалет, нужен новый песок.",
        ],
        uz: &[
            "Bolalar maydonchasida argʻimchoq singan, temir chiqib turibdi.", "{e}-podyezd oldidagi oʻrindiq singan.",
            "Daraxt mashinalar ustiga egilgan, quruq shoxlari tushyapti.", "Hovlida chuqur bor, yomgʻirdan keyin oʻtib boʻlmaydi.",
            "Mashinalarni gazonga qoʻyishyapti, ustunchalar oʻrnating.", "Ariq tiqilgan, suv kirish joyida turibdi.",
            "Hovlidagi shlagbaum ishlamayapti.", "Sugʻorish krani oqyapti.",
        ],
        urgent_ru: &["Упало дерево на машину, перекрыт выезд!", "Открытый люк во дворе, дети играют рядом!"],
        urgent_uz: &["Daraxt mashina ustiga qulab tushdi!", "Hovlida lyuk ochiq, bolalar yonida oʻynayapti!"],
        done_ru: &["Качели заварили и покрасили.", "Скамейку починили.", "Ветки спилили и вывезли.", "Арык прочищен.", "Яму засыпали, уложили асфальт."],
        done_uz: &["Argʻimchoq payvandlandi.", "Ariq tozalandi.", "Shoxlar kesildi va olib ketildi."],
    },
    Topic {
        category: Category::Other,
        ru: &[
            "Почтовый ящик взломан, просим починить.", "Трещина в стене на {f} этаже растёт.", "Отвалилась плитка у входа в {e}-й подъезд.",
            "Протекает козырёк над подъездом.", "Соседи шумят после одиннадцати вечера.", "Нужна справка о составе семьи, когда приём?",
            "Не пришла квитанция за прошлый месяц.", "Крыша течёт, капает на площадку последнего этажа.",
            "Перила на лестнице шатаются между {f} этажом и выше.", "Объявления клеят прямо на двери, снимите.",
            "Плесень в углу комнаты, стена наружная.",
        ],
        uz: &[
            "Pochta qutisi buzilgan, tuzatib bering.", "{f}-qavatda devordagi yoriq kattalashyapti.", "{e}-podyezd kirishida plitka koʻchgan.",
            "Podyezd ustidagi soyabon oqyapti.", "Qoʻshnilar kechasi shovqin qilyapti.", "Oʻtgan oy uchun kvitansiya kelmadi.",
            "Tom oqyapti, oxirgi qavatga tomchilayapti.", "Zinapoya panjarasi qimirlayapti.",
        ],
        urgent_ru: &["С фасада падают куски штукатурки, внизу ходят люди!", "Сильный запах газа в {e}-м подъезде!"],
        urgent_uz: &["{e}-podyezdda gaz hidi bor!", "Fasaddan suvoq boʻlaklari tushyapti!"],
        done_ru: &["Осмотрели, устранили.", "Плитку уложили заново.", "Перила закрепили.", "Кровлю подлатали, весной капитальный ремонт.", "Передано, вопрос решён."],
        done_uz: &["Koʻrib chiqildi, bartaraf etildi.", "Plitka qayta yotqizildi."],
    },
];
