//! Several PDFs as one. A house is laid out part by part, so that memory holds the pages of a part and not those of the
//! house; what is finished weighs a few kilobytes a page.

use crate::DocumentError;
use lopdf::{Dictionary, Document, Object, SaveOptions, dictionary};

/// All pages of the parts, one after another. Parts must be ours: their pages inherit nothing and have no outline.
///
/// # Errors
/// When a part is no PDF: a fault of ours.
pub fn join(mut parts: Vec<Vec<u8>>) -> Result<Vec<u8>, DocumentError> {
    if parts.len() == 1
        && let Some(only) = parts.pop()
    {
        return Ok(only);
    }
    let mut whole = Document::with_version("1.7");
    let tree = whole.new_object_id();
    let mut kids = Vec::new();
    for bytes in parts {
        let mut part = Document::load_mem(&bytes)?;
        part.renumber_objects_with(whole.max_id + 1);
        for page in part.get_pages().into_values() {
            part.get_object_mut(page)?.as_dict_mut()?.set("Parent", tree);
            kids.push(Object::Reference(page));
        }
        whole.max_id = part.max_id;
        whole.objects.extend(part.objects);
    }
    let count = i64::try_from(kids.len()).unwrap_or(i64::MAX);
    let pages = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count };
    whole.objects.insert(tree, Object::Dictionary(pages));
    let catalog: Dictionary = dictionary! { "Type" => "Catalog", "Pages" => tree };
    let catalog = whole.add_object(catalog);
    whole.trailer.set("Root", catalog);
    // The trees and catalogues of the parts lead nowhere now.
    whole.prune_objects();
    let mut out = Vec::new();
    whole
        .save_with_options(&mut out, SaveOptions::builder().use_object_streams(true).use_xref_streams(true).build())?;
    Ok(out)
}
