//! How calls and answers travel: JSON in the body of a POST.

use leptos::server_fn::{
    Bytes, ContentType, Decodes, Encodes, Format, FormatType,
    codec::{JsonEncoding, Post},
};
use serde::{
    Serialize,
    de::{DeserializeOwned, Error},
};

/// As [`JsonEncoding`], but read from text, not from bytes. What the server renders into a page is read from text, too:
/// the browser then carries one reader for each type instead of two (a tenth of its WASM).
pub struct JsonText;

impl ContentType for JsonText {
    const CONTENT_TYPE: &'static str = JsonEncoding::CONTENT_TYPE;
}

impl FormatType for JsonText {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for JsonText {
    type Error = serde_json::Error;

    fn encode(output: &T) -> Result<Bytes, Self::Error> {
        JsonEncoding::encode(output)
    }
}

impl<T: DeserializeOwned> Decodes<T> for JsonText {
    type Error = serde_json::Error;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        serde_json::from_str(std::str::from_utf8(&bytes).map_err(Self::Error::custom)?)
    }
}

/// The `input` and `output` of every server function.
pub type Json = Post<JsonText>;
