//! A notice as a letter: plain text, and the same as HTML that every mail program shows.

use i18n::{Locale, notices::Said, td_string};

pub(crate) struct Letter<'a> {
    pub l: Locale,
    pub company: &'a str,
    pub said: &'a Said,
    pub link: Option<&'a str>,
    pub unsubscribe: Option<&'a str>,
}

impl Letter<'_> {
    pub fn text(&self) -> String {
        let mut parts = vec![self.said.text.clone()];
        parts.extend(self.link.map(str::to_owned));
        let stop = self.unsubscribe.map(|link| format!("{}: {link}", td_string!(self.l, notices.mail_stop)));
        parts.push([Some(self.company.to_owned()), stop].into_iter().flatten().collect::<Vec<_>>().join("\n"));
        parts.join("\n\n")
    }

    /// Colours and measures stand in the elements: many programs drop style sheets.
    pub fn html(&self) -> String {
        let text = escape(&self.said.text).replace('\n', "<br>");
        let button = self.link.map(|link| {
            format!(
                "<p style=\"margin:24px 0\"><a href=\"{}\" style=\"background:#0f766e;color:#ffffff;padding:12px 20px;border-radius:8px;text-decoration:none;display:inline-block\">{}</a></p>",
                escape(link),
                td_string!(self.l, notices.mail_open)
            )
        });
        let stop = self.unsubscribe.map(|link| {
            let word = td_string!(self.l, notices.mail_stop);
            format!(" · <a href=\"{}\" style=\"color:#64748b\">{word}</a>", escape(link))
        });
        format!(
            "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"></head>\
             <body style=\"margin:0;background:#f1f5f9;font:16px/24px system-ui,'Segoe UI',Roboto,sans-serif;color:#0f172a\">\
             <div style=\"max-width:560px;margin:0 auto;padding:24px 16px\"><div style=\"background:#ffffff;border-radius:10px;padding:24px\">\
             <h1 style=\"font-size:20px;line-height:28px;margin:0 0 12px\">{}</h1><p style=\"margin:0\">{text}</p>{}</div>\
             <p style=\"font-size:13px;line-height:20px;color:#64748b;margin:16px 8px\">{}{}</p></div></body></html>",
            self.l,
            escape(&self.said.title),
            button.unwrap_or_default(),
            escape(self.company),
            stop.unwrap_or_default()
        )
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_says_the_same_twice_and_lets_no_markup_in() {
        let said = Said { title: "№12 <b>".to_owned(), text: "Навои 12\n<script>".to_owned() };
        let letter = Letter {
            l: Locale::ru,
            company: "UK & Co",
            said: &said,
            link: Some("https://x/my/requests/1"),
            unsubscribe: Some("https://x/u/t"),
        };
        let (text, html) = (letter.text(), letter.html());
        for part in ["https://x/my/requests/1", "https://x/u/t"] {
            assert!(text.contains(part) && html.contains(part), "{part}");
        }
        assert!(html.contains("№12 &lt;b&gt;") && html.contains("&lt;script&gt;") && html.contains("UK &amp; Co"));
        assert!(!html.contains("<script") && text.contains("<script>"));
    }
}
