//! What Payme sends and hears. Everything is read from a generic JSON value by hand: what is wrong is told with the
//! right code, and numbers are whole tokens or nothing.

use serde_json::{Map, Value, json};

/// How long a transaction may wait, from its creation in Payme.
pub const TIMEOUT_MS: i64 = 43_200_000;

/// Why a call is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    NotPost,
    Parse,
    Fields,
    Method,
    NotAllowed,
    Failure,
    Amount,
    NoTransaction,
    CannotCancel,
    State,
    /// Nobody has this account.
    NoAccount,
    /// It is being paid at this moment.
    Busy,
    Paid,
    Closed,
    /// The kassa takes nothing for now.
    Shut,
    /// A bill that is being paid, in the words this kassa was told to use.
    BusyAs(i32),
    /// `SetFiscalData`: no such receipt, or wrong values.
    NoReceipt,
    FiscalFields,
}

impl Fault {
    pub const fn code(self) -> i32 {
        match self {
            Self::NotPost => -32300,
            Self::Parse => -32700,
            Self::Fields => -32600,
            Self::Method => -32601,
            Self::NotAllowed => -32504,
            Self::Failure => -32400,
            Self::Amount => -31001,
            Self::NoTransaction => -31003,
            Self::CannotCancel => -31007,
            Self::State => -31008,
            Self::NoAccount => -31050,
            Self::Busy => -31051,
            Self::Paid => -31052,
            Self::Closed => -31053,
            Self::Shut => -31054,
            Self::BusyAs(code) => code,
            Self::NoReceipt => -32001,
            Self::FiscalFields => -32602,
        }
    }
}

/// A refusal with the field or the method at fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub fault: Fault,
    pub data: Option<String>,
}

impl Refusal {
    pub const fn new(fault: Fault) -> Self {
        Self { fault, data: None }
    }

    pub fn about(fault: Fault, data: impl Into<String>) -> Self {
        Self { fault, data: Some(data.into()) }
    }
}

/// An answer without its words, which the door knows.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The id of this very call; null when it could not be read.
    pub id: Value,
    pub outcome: Result<Value, Refusal>,
}

impl Reply {
    /// An answer to a call that was not even read.
    pub const fn fault(fault: Fault) -> Self {
        Self { id: Value::Null, outcome: Err(Refusal::new(fault)) }
    }
}

/// An answer as it is kept: the words can be said again from the code.
pub(super) fn kept(outcome: &Result<Value, Refusal>) -> Value {
    match outcome {
        Ok(result) => json!({ "result": result }),
        Err(refusal) => json!({ "error": { "code": refusal.fault.code(), "data": refusal.data } }),
    }
}

/// A call that reads.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    pub id: Value,
    pub method: Method,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Method {
    CheckPerform { amount: i64, account: Value },
    Create { id: String, time: i64, amount: i64, account: Value },
    Perform { id: String },
    Cancel { id: String, reason: i32 },
    Check { id: String },
    Statement { from: i64, to: i64 },
    Fiscal { id: String, cancel: bool, data: Value },
}

impl Call {
    /// Reads a body; what is wrong comes with the id where there is one.
    pub(super) fn read(body: &[u8]) -> Result<Self, (Value, Refusal)> {
        let value: Value = serde_json::from_slice(body).map_err(|_| (Value::Null, Refusal::new(Fault::Parse)))?;
        let Value::Object(call) = value else { return Err((Value::Null, Refusal::new(Fault::Fields))) };
        let id = match call.get("id") {
            None => Value::Null,
            Some(id) if is_id(id) => id.clone(),
            Some(_) => return Err((Value::Null, Refusal::about(Fault::Fields, "id"))),
        };
        match Method::read(&call) {
            Ok(method) => Ok(Self { id, method }),
            Err(refusal) => Err((id, refusal)),
        }
    }
}

/// A whole number, a text or nothing: what JSON-RPC allows and can be echoed as it is.
fn is_id(id: &Value) -> bool {
    match id {
        Value::Null => true,
        Value::Number(number) => number.is_i64() || number.is_u64(),
        Value::String(text) => text.len() <= 100,
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => false,
    }
}

impl Method {
    fn read(call: &Map<String, Value>) -> Result<Self, Refusal> {
        let Some(Value::String(name)) = call.get("method") else { return Err(Refusal::about(Fault::Fields, "method")) };
        let params = || match call.get("params") {
            Some(Value::Object(params)) => Ok(Params(params)),
            _ => Err(Refusal::about(Fault::Fields, "params")),
        };
        Ok(match name.as_str() {
            "CheckPerformTransaction" => {
                let params = params()?;
                Self::CheckPerform { amount: params.amount()?, account: params.account()? }
            }
            "CreateTransaction" => {
                let params = params()?;
                Self::Create {
                    id: params.id()?,
                    time: params.time("time")?,
                    amount: params.amount()?,
                    account: params.account()?,
                }
            }
            "PerformTransaction" => Self::Perform { id: params()?.id()? },
            "CancelTransaction" => {
                let params = params()?;
                Self::Cancel { id: params.id()?, reason: params.reason()? }
            }
            "CheckTransaction" => Self::Check { id: params()?.id()? },
            "GetStatement" => {
                let params = params()?;
                Self::Statement { from: params.moment("from")?, to: params.moment("to")? }
            }
            "SetFiscalData" => {
                let wrong = |field: &str| Refusal::about(Fault::FiscalFields, field);
                let params = params().map_err(|_| wrong("params"))?;
                let cancel = match params.0.get("type") {
                    Some(Value::String(kind)) if kind == "PERFORM" => false,
                    Some(Value::String(kind)) if kind == "CANCEL" => true,
                    _ => return Err(wrong("type")),
                };
                let Ok(id) = params.id() else { return Err(wrong("id")) };
                let data = match params.0.get("fiscal_data") {
                    Some(data @ Value::Object(fields)) if is_fiscal(fields) => data.clone(),
                    _ => return Err(wrong("fiscal_data")),
                };
                Self::Fiscal { id, cancel, data }
            }
            // The method is named, unless it could do harm where it is shown.
            other => return Err(Refusal::about(Fault::Method, plain(other, 100))),
        })
    }
}

fn plain(text: &str, most: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(most).collect()
}

/// Names and texts without control characters, and whole numbers; `receipt_id` comes as either.
fn is_fiscal(fields: &Map<String, Value>) -> bool {
    fields.len() <= 20
        && fields.keys().all(|name| name.len() <= 100 && !name.chars().any(char::is_control))
        && fields.values().all(|value| match value {
            Value::String(text) => text.len() <= 1000 && !text.chars().any(char::is_control),
            Value::Number(number) => number.is_i64() || number.is_u64(),
            Value::Null => true,
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => false,
        })
        && fields.get("status_code").is_some_and(Value::is_number)
}

struct Params<'a>(&'a Map<String, Value>);

impl Params<'_> {
    fn integer(&self, name: &str) -> Result<i64, Refusal> {
        self.0.get(name).and_then(Value::as_i64).ok_or_else(|| Refusal::about(Fault::Fields, name))
    }

    /// A whole number of tiyin. One that fits no account of ours is a wrong sum, not a wrong call.
    fn amount(&self) -> Result<i64, Refusal> {
        match self.0.get("amount") {
            Some(Value::Number(number)) if number.is_u64() && !number.is_i64() => Err(Refusal::new(Fault::Amount)),
            _ => self.integer("amount"),
        }
    }

    /// Milliseconds, 13 digits.
    fn time(&self, name: &str) -> Result<i64, Refusal> {
        let time = self.integer(name)?;
        if (1_000_000_000_000..10_000_000_000_000).contains(&time) {
            Ok(time)
        } else {
            Err(Refusal::about(Fault::Fields, name))
        }
    }

    /// A bound of a statement: any moment.
    fn moment(&self, name: &str) -> Result<i64, Refusal> {
        self.integer(name)
    }

    /// What no column can hold cannot be there either.
    fn id(&self) -> Result<String, Refusal> {
        match self.0.get("id") {
            Some(Value::String(id)) if (1..=64).contains(&id.len()) && !id.chars().any(char::is_control) => {
                Ok(id.clone())
            }
            Some(Value::String(_)) => Err(Refusal::new(Fault::NoTransaction)),
            _ => Err(Refusal::about(Fault::Fields, "id")),
        }
    }

    fn account(&self) -> Result<Value, Refusal> {
        match self.0.get("account") {
            Some(account @ Value::Object(_)) => Ok(account.clone()),
            _ => Err(Refusal::about(Fault::Fields, "account")),
        }
    }

    fn reason(&self) -> Result<i32, Refusal> {
        let reason = self.integer("reason")?;
        i32::try_from(reason).map_err(|_| Refusal::about(Fault::Fields, "reason"))
    }
}

/// The account's number among the fields of the call. Nothing to find is nobody's account.
pub(super) fn number_of(account: &Value, field: &str) -> Option<String> {
    match account.get(field)? {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| super::super::accounts::is_plain(text)),
        Value::Number(number) if number.is_i64() => Some(number.to_string()),
        _ => None,
    }
}

/// Whether what was sent may be stored: no NUL anywhere, and not endless.
pub(super) fn storable(value: &Value) -> bool {
    match value {
        Value::String(text) => text.len() <= 1000 && !text.contains('\0'),
        Value::Array(items) => items.len() <= 50 && items.iter().all(storable),
        Value::Object(fields) => {
            fields.len() <= 50
                && fields.iter().all(|(key, value)| !key.contains('\0') && key.len() <= 100 && storable(value))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}
