//! Names as they are written on letterboxes in Tashkent.

use super::rng::Rng;
use model::Lang;

const RU_MEN: &[&str] = &[
    "Александр",
    "Сергей",
    "Дмитрий",
    "Андрей",
    "Алексей",
    "Виктор",
    "Игорь",
    "Олег",
    "Михаил",
    "Павел",
    "Евгений",
    "Николай",
    "Владимир",
    "Артём",
    "Роман",
    "Юрий",
    "Максим",
    "Константин",
];
const RU_WOMEN: &[&str] = &[
    "Елена",
    "Ольга",
    "Наталья",
    "Татьяна",
    "Ирина",
    "Светлана",
    "Марина",
    "Анна",
    "Людмила",
    "Галина",
    "Екатерина",
    "Юлия",
    "Валентина",
    "Оксана",
    "Виктория",
    "Дарья",
    "Лариса",
    "Надежда",
];
/// Patronymics of men; of women with `-на` instead of `-ич`.
const RU_FATHERS: &[&str] = &[
    "Александрович",
    "Сергеевич",
    "Викторович",
    "Иванович",
    "Петрович",
    "Николаевич",
    "Михайлович",
    "Юрьевич",
    "Анатольевич",
    "Владимирович",
    "Андреевич",
    "Олегович",
    "Борисович",
    "Павлович",
];
/// All in -ов, -ев, -ин: women add `а`.
const RU_FAMILIES: &[&str] = &[
    "Иванов",
    "Петров",
    "Сидоров",
    "Смирнов",
    "Кузнецов",
    "Попов",
    "Соколов",
    "Лебедев",
    "Козлов",
    "Новиков",
    "Морозов",
    "Волков",
    "Павлов",
    "Семёнов",
    "Голубев",
    "Виноградов",
    "Богданов",
    "Воробьёв",
    "Фёдоров",
    "Михайлов",
    "Беляев",
    "Тарасов",
    "Белов",
    "Комаров",
    "Орлов",
    "Киселёв",
    "Макаров",
    "Андреев",
    "Ковалёв",
    "Ильин",
    "Гусев",
    "Титов",
    "Кузьмин",
    "Кудрявцев",
    "Баранов",
    "Куликов",
    "Алексеев",
    "Степанов",
    "Яковлев",
    "Никитин",
];
/// Korean families of Tashkent do not change with gender.
const KOREAN: &[&str] = &["Ким", "Пак", "Цой", "Тен", "Хван", "Югай", "Ли", "Хегай"];

/// (Latin, Cyrillic)
const UZ_MEN: &[(&str, &str)] = &[
    ("Aziz", "Азиз"),
    ("Botir", "Батыр"),
    ("Jasur", "Жасур"),
    ("Sherzod", "Шерзод"),
    ("Ulugʻbek", "Улугбек"),
    ("Oʻtkir", "Уткир"),
    ("Gʻayrat", "Гайрат"),
    ("Rustam", "Рустам"),
    ("Bobur", "Бабур"),
    ("Sardor", "Сардор"),
    ("Otabek", "Отабек"),
    ("Anvar", "Анвар"),
    ("Farrux", "Фаррух"),
    ("Doniyor", "Данияр"),
    ("Akmal", "Акмаль"),
    ("Jahongir", "Джахонгир"),
    ("Sanjar", "Санжар"),
    ("Islom", "Ислом"),
    ("Alisher", "Алишер"),
    ("Dilshod", "Дилшод"),
    ("Muzaffar", "Музаффар"),
    ("Shuhrat", "Шухрат"),
];
const UZ_WOMEN: &[(&str, &str)] = &[
    ("Dilnoza", "Дильноза"),
    ("Nigora", "Нигора"),
    ("Gulnora", "Гульнора"),
    ("Maʼmura", "Мамура"),
    ("Feruza", "Феруза"),
    ("Zulfiya", "Зульфия"),
    ("Malika", "Малика"),
    ("Nilufar", "Нилуфар"),
    ("Shahnoza", "Шахноза"),
    ("Mohira", "Мохира"),
    ("Sevara", "Севара"),
    ("Kamola", "Камола"),
    ("Lola", "Лола"),
    ("Oydin", "Ойдин"),
    ("Gulchehra", "Гульчехра"),
    ("Umida", "Умида"),
    ("Madina", "Мадина"),
    ("Zebo", "Зебо"),
    ("Saʼdiya", "Садия"),
    ("Barno", "Барно"),
];
/// All in -ov, -ev: women add `a`.
const UZ_FAMILIES: &[(&str, &str)] = &[
    ("Karimov", "Каримов"),
    ("Rahimov", "Рахимов"),
    ("Yoʻldoshev", "Юлдашев"),
    ("Toʻxtayev", "Тухтаев"),
    ("Abdullayev", "Абдуллаев"),
    ("Ismoilov", "Исмаилов"),
    ("Usmonov", "Усманов"),
    ("Qodirov", "Кадыров"),
    ("Saidov", "Саидов"),
    ("Nazarov", "Назаров"),
    ("Ergashev", "Эргашев"),
    ("Mirzayev", "Мирзаев"),
    ("Xoʻjayev", "Ходжаев"),
    ("Sobirov", "Сабиров"),
    ("Gʻaniyev", "Ганиев"),
    ("Oripov", "Арипов"),
    ("Tursunov", "Турсунов"),
    ("Sultonov", "Султанов"),
    ("Hakimov", "Хакимов"),
    ("Joʻrayev", "Джураев"),
    ("Umarov", "Умаров"),
    ("Aʼzamov", "Агзамов"),
    ("Valiyev", "Валиев"),
    ("Normatov", "Норматов"),
    ("Fayziyev", "Файзиев"),
    ("Ahmedov", "Ахмедов"),
];

/// Somebody to be: a name in the form it is kept, and the language they speak.
#[derive(Clone, Debug)]
pub(super) struct Name {
    pub full: String,
    pub lang: Lang,
}

/// What a family has in common, so that husband and wife share a name.
#[derive(Clone, Copy, Debug)]
pub(super) enum Family {
    Russian(&'static str),
    Korean(&'static str),
    /// Writes itself in Latin letters and speaks Uzbek.
    Uzbek((&'static str, &'static str)),
    /// Uzbek, but kept in Russian letters, as in every older card index.
    UzbekInRussian((&'static str, &'static str)),
}

impl Family {
    pub fn any(rng: &mut Rng) -> Self {
        match rng.weighted(&[0.30, 0.05, 0.42, 0.23]) {
            0 => Self::Russian(rng.pick(RU_FAMILIES)),
            1 => Self::Korean(rng.pick(KOREAN)),
            2 => Self::uzbek(rng),
            _ => Self::UzbekInRussian(rng.pick(UZ_FAMILIES)),
        }
    }

    pub fn uzbek(rng: &mut Rng) -> Self {
        Self::Uzbek(rng.pick(UZ_FAMILIES))
    }

    pub fn russian(rng: &mut Rng) -> Self {
        Self::Russian(rng.pick(RU_FAMILIES))
    }

    /// A member of the family: surname, name, patronymic.
    pub fn member(self, rng: &mut Rng, woman: bool) -> Name {
        let a = if woman { "а" } else { "" };
        match self {
            Self::Russian(family) => {
                let (name, father) = russian(rng, woman);
                Name { full: format!("{family}{a} {name} {father}"), lang: Lang::Ru }
            }
            Self::Korean(family) => {
                let (name, father) = russian(rng, woman);
                Name { full: format!("{family} {name} {father}"), lang: Lang::Ru }
            }
            Self::Uzbek((family, _)) => {
                let (name, a) = if woman { (rng.pick(UZ_WOMEN).0, "a") } else { (rng.pick(UZ_MEN).0, "") };
                let father = rng.pick(UZ_MEN).0;
                let of = if woman { "qizi" } else { "oʻgʻli" };
                // Not everybody gave a patronymic at the desk.
                let full = if rng.chance(0.6) {
                    format!("{family}{a} {name} {father} {of}")
                } else {
                    format!("{family}{a} {name}")
                };
                Name { full, lang: Lang::Uz }
            }
            Self::UzbekInRussian((_, family)) => {
                let name = if woman { rng.pick(UZ_WOMEN).1 } else { rng.pick(UZ_MEN).1 };
                let father = uzbek_father(rng.pick(UZ_MEN).1, woman);
                let lang = if rng.chance(0.25) { Lang::Uz } else { Lang::Ru };
                Name { full: format!("{family}{a} {name} {father}"), lang }
            }
        }
    }
}

fn russian(rng: &mut Rng, woman: bool) -> (&'static str, String) {
    let (names, father) = (if woman { RU_WOMEN } else { RU_MEN }, rng.pick(RU_FATHERS));
    let name = rng.pick(names);
    let father = match (woman, father.strip_suffix("ич")) {
        (true, Some(stem)) => format!("{stem}на"),
        _ => father.to_owned(),
    };
    (name, father)
}

/// `Рустам` → `Рустамович`, `Рустамовна`; `Акмаль` → `Акмалевич`.
fn uzbek_father(name: &str, woman: bool) -> String {
    let (stem, vowel) = match name.strip_suffix(['ь', 'й']) {
        Some(stem) => (stem, "ев"),
        None => (name, "ов"),
    };
    format!("{stem}{vowel}{}", if woman { "на" } else { "ич" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn women_and_men_are_named_as_such() {
        let mut rng = Rng::new(1);
        for _ in 0..200 {
            let woman = Family::russian(&mut rng).member(&mut rng, true).full;
            let parts: Vec<_> = woman.split(' ').collect();
            assert!(parts[0].ends_with('а') && parts[2].ends_with("вна"), "{woman}");
            let man = Family::russian(&mut rng).member(&mut rng, false).full;
            assert!(man.ends_with("вич"), "{man}");
            let uzbek = Family::uzbek(&mut rng).member(&mut rng, true).full;
            assert!(uzbek.split(' ').next().is_some_and(|family| family.ends_with('a')), "{uzbek}");
            assert!(!uzbek.contains("oʻgʻli") && !uzbek.contains('\''), "{uzbek}");
        }
    }

    #[test]
    fn patronymics_of_uzbek_names_in_russian() {
        assert_eq!(uzbek_father("Рустам", false), "Рустамович");
        assert_eq!(uzbek_father("Акмаль", true), "Акмалевна");
    }
}
