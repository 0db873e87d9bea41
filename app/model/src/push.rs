//! Devices that get notifications.

use crate::PushDeviceId;
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// A device that wants notifications; what it was given by its browser or by Firebase.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum SaveDevice {
    /// A browser: the three values of its push subscription, keys as base64url.
    Web {
        #[garde(length(chars, min = 1, max = 2000))]
        #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 2000))]
        endpoint: String,
        #[garde(length(chars, min = 1, max = 100))]
        #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
        p256dh: String,
        #[garde(length(chars, min = 1, max = 40))]
        #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 40))]
        auth: String,
    },
    /// An Android app: its registration token.
    Fcm {
        #[garde(length(chars, min = 1, max = 2000))]
        #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 2000))]
        token: String,
    },
}

/// Addresses of devices let others send to them: they stay out of logs.
impl std::fmt::Debug for SaveDevice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Web { .. } => "SaveDevice::Web(…)",
            Self::Fcm { .. } => "SaveDevice::Fcm(…)",
        })
    }
}

/// One of the caller's devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PushDevice {
    pub id: PushDeviceId,
    pub user_agent: String,
    pub created_at: DateTime<Utc>,
    pub last_sent_at: Option<DateTime<Utc>>,
    /// The session the call comes from is this device's.
    pub current: bool,
}

/// The caller's devices, and what a browser needs to become one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PushDevices {
    /// The public key to subscribe with (`applicationServerKey`), base64url.
    pub key: String,
    pub devices: Vec<PushDevice>,
}
