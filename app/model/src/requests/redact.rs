//! Parts of a photo that nobody is to see any more.

use garde::Validate;
use serde::{Deserialize, Serialize};

/// The whole width or height of a picture.
const WHOLE: u16 = 1000;

/// Parts that are hidden in one go.
pub const REDACT_MOST: usize = 20;

/// Hides parts of a photo: they become black for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RedactPhoto {
    #[garde(length(min = 1, max = REDACT_MOST), dive)]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 20))]
    pub rectangles: Vec<Rectangle>,
}

/// A part of a picture, in thousandths of its width and height. It does not reach over the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Rectangle {
    /// From the left edge.
    #[garde(range(max = WHOLE))]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1000))]
    pub x: u16,
    /// From the upper edge.
    #[garde(range(max = WHOLE))]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1000))]
    pub y: u16,
    /// Width.
    #[garde(range(min = 1, max = WHOLE), custom(inside(self.x)))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1000))]
    pub w: u16,
    /// Height.
    #[garde(range(min = 1, max = WHOLE), custom(inside(self.y)))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1000))]
    pub h: u16,
}

/// A beginning or a length that is out of range by itself is told of by its own rule.
fn inside(from: u16) -> impl FnOnce(&u16, &()) -> garde::Result {
    move |length, ()| {
        let over = from <= WHOLE && *length <= WHOLE && from + *length > WHOLE;
        if over { Err(garde::Error::new("out_of_range")) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::check;

    #[test]
    fn rectangles_stay_inside_the_picture() {
        let told = |rectangles: Vec<[u16; 4]>| {
            let rectangles = rectangles.into_iter().map(|[x, y, w, h]| Rectangle { x, y, w, h }).collect();
            let failure = check(&RedactPhoto { rectangles }).err();
            failure.into_iter().flat_map(|f| f.fields).map(|f| format!("{} {}", f.pointer, f.code)).collect::<Vec<_>>()
        };
        for good in [[0, 0, 1000, 1000], [999, 999, 1, 1], [0, 500, 1, 500]] {
            assert!(told(vec![good]).is_empty(), "{good:?}");
        }
        assert_eq!(told(Vec::new()), ["/rectangles required"]);
        assert_eq!(told(vec![[0, 0, 1, 1]; 21]), ["/rectangles too_long"]);
        let wrong =
            vec![[0, 0, 1, 1], [0, 0, 0, 1], [1001, 0, 1, 1], [0, 65_535, 1, 1], [1000, 0, 1, 1], [0, 501, 1, 500]];
        let pointers = ["/1/w", "/2/x", "/3/y", "/4/w", "/5/h"].map(|at| format!("/rectangles{at} out_of_range"));
        assert_eq!(told(wrong), pointers);
    }
}
