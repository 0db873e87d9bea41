//! The encryption of Web Push (RFC 8291): only the browser that subscribed can read what goes through its push service.

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};

use crate::tokens::random_bytes;

/// What fits into one record that every push service takes, also those that hand it on to another.
pub const PLAINTEXT_LIMIT: usize = 2700;
/// Size of the record as it is declared: one record holds all.
const RECORD: u32 = 4096;
/// Salt, record size, length of the key, key.
const HEADER: usize = 16 + 4 + 1 + 65;
const TAG: usize = 16;
/// Ends the text in the last record.
const LAST: u8 = 2;

/// A length of derived bytes.
struct Bytes(usize);

impl KeyType for Bytes {
    fn len(&self) -> usize {
        self.0
    }
}

/// What one message is sealed with.
struct Sealing {
    key: [u8; 16],
    nonce: [u8; 12],
}

/// Seals a text for a browser's public key (65 bytes) and its secret (16 bytes). None when the key is no point of the curve.
pub(super) fn encrypt(text: &[u8], public: &[u8], auth: &[u8]) -> Option<Vec<u8>> {
    let own = PrivateKey::generate(&ECDH_P256).ok()?;
    seal(text, public, auth, &own, random_bytes())
}

fn seal(text: &[u8], public: &[u8], auth: &[u8], own: &PrivateKey, salt: [u8; 16]) -> Option<Vec<u8>> {
    let own_public = own.compute_public_key().ok()?;
    let own_public = own_public.as_ref();
    let sealing = derive(own, public, &salt, auth, public, own_public)?;
    let mut body = Vec::with_capacity(HEADER + text.len() + 1 + TAG);
    body.extend_from_slice(&salt);
    body.extend_from_slice(&RECORD.to_be_bytes());
    body.push(u8::try_from(own_public.len()).ok()?);
    body.extend_from_slice(own_public);
    let mut record = text.to_vec();
    record.push(LAST);
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &sealing.key).ok()?);
    let nonce = Nonce::assume_unique_for_key(sealing.nonce);
    key.seal_in_place_append_tag(nonce, Aad::empty(), &mut record).ok()?;
    body.extend_from_slice(&record);
    Some(body)
}

/// Opens a body as the browser does, with its private key (32 bytes) and its secret. For those who play a browser.
#[must_use]
pub fn decrypt(body: &[u8], private: &[u8], auth: &[u8]) -> Option<Vec<u8>> {
    let (salt, rest) = body.split_at_checked(16)?;
    let (_, rest) = rest.split_at_checked(4)?;
    let (length, rest) = rest.split_first()?;
    let (sender, record) = rest.split_at_checked(usize::from(*length))?;
    let own = PrivateKey::from_private_key(&ECDH_P256, private).ok()?;
    let own_public = own.compute_public_key().ok()?;
    let sealing = derive(&own, sender, salt, auth, own_public.as_ref(), sender)?;
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &sealing.key).ok()?);
    let mut record = record.to_vec();
    let opened = key.open_in_place(Nonce::assume_unique_for_key(sealing.nonce), Aad::empty(), &mut record).ok()?;
    // Zeros may follow the mark that ends the text.
    let end = opened.iter().rposition(|byte| *byte != 0)?;
    (opened[end] == LAST).then(|| opened[..end].to_vec())
}

/// Both sides come to the same, each from its own private and the other's public key.
fn derive(own: &PrivateKey, other: &[u8], salt: &[u8], auth: &[u8], browser: &[u8], sender: &[u8]) -> Option<Sealing> {
    let other = UnparsedPublicKey::new(&ECDH_P256, other);
    agree(own, other, Unspecified, |shared| {
        let info = [b"WebPush: info\0", browser, sender];
        let mut secret = [0; 32];
        Salt::new(HKDF_SHA256, auth).extract(shared).expand(&info, Bytes(32))?.fill(&mut secret)?;
        let all = Salt::new(HKDF_SHA256, salt).extract(&secret);
        let (mut key, mut nonce) = ([0; 16], [0; 12]);
        all.expand(&[b"Content-Encoding: aes128gcm\0"], Bytes(16))?.fill(&mut key)?;
        all.expand(&[b"Content-Encoding: nonce\0"], Bytes(12))?.fill(&mut nonce)?;
        Ok(Sealing { key, nonce })
    })
    .ok()
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    const PUBLIC: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const PRIVATE: &str = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

    /// The example of RFC 8291, section 5 and appendix A, byte for byte.
    #[test]
    fn the_example_of_the_standard_comes_out() {
        let own =
            PrivateKey::from_private_key(&ECDH_P256, &bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")).unwrap();
        let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap();
        let text = b"When I grow up, I want to be a watermelon";
        let body = seal(text, &bytes(PUBLIC), &bytes(AUTH), &own, salt).unwrap();
        assert_eq!(
            URL_SAFE_NO_PAD.encode(&body),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        );
        assert_eq!(decrypt(&body, &bytes(PRIVATE), &bytes(AUTH)).unwrap(), text);
    }

    #[test]
    fn only_the_subscribed_browser_reads_it() {
        let body = encrypt("Заявка №12".as_bytes(), &bytes(PUBLIC), &bytes(AUTH)).unwrap();
        assert_eq!(decrypt(&body, &bytes(PRIVATE), &bytes(AUTH)).unwrap(), "Заявка №12".as_bytes());
        assert_ne!(body, encrypt("Заявка №12".as_bytes(), &bytes(PUBLIC), &bytes(AUTH)).unwrap());
        assert!(decrypt(&body, &bytes(PRIVATE), &[0; 16]).is_none());
        let other = bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw");
        assert!(decrypt(&body, &other, &bytes(AUTH)).is_none());
        let mut bent = body.clone();
        *bent.last_mut().unwrap() ^= 1;
        assert!(decrypt(&bent, &bytes(PRIVATE), &bytes(AUTH)).is_none());
        assert!(decrypt(&body[..50], &bytes(PRIVATE), &bytes(AUTH)).is_none());
        // A key that is no point of the curve.
        assert!(encrypt(b"x", &[4; 65], &bytes(AUTH)).is_none());
        assert!(encrypt(&[7; PLAINTEXT_LIMIT], &bytes(PUBLIC), &bytes(AUTH)).unwrap().len() < 4096);
    }
}
