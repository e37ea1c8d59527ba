//! The rates of each country. Rates that an organisation made itself are `TAX001` and on; those of
//! the table are Xero's own.

use super::{Row, Side};

const OUTPUT: &str = "OUTPUT";
const INPUT: &str = "INPUT";

/// A reverse charge adds and takes back the same tax, so that it is nothing on the document.
pub(crate) const UK: &[Row] = &[
    ("OUTPUT2", "20% (VAT on Income)", OUTPUT, 2000, Side::Sales),
    ("INPUT2", "20% (VAT on Expenses)", INPUT, 2000, Side::Purchases),
    ("RROUTPUT", "5% (VAT on Income)", OUTPUT, 500, Side::Sales),
    ("RRINPUT", "5% (VAT on Expenses)", INPUT, 500, Side::Purchases),
    ("ZERORATEDOUTPUT", "Zero Rated Income", "ZERORATEDOUTPUT", 0, Side::SalesOnly),
    ("ZERORATEDINPUT", "Zero Rated Expenses", "ZERORATEDINPUT", 0, Side::Purchases),
    ("EXEMPTOUTPUT", "Exempt Income", "EXEMPTOUTPUT", 0, Side::SalesOnly),
    ("EXEMPTINPUT", "Exempt Expenses", "EXEMPTINPUT", 0, Side::Purchases),
    ("EXEMPTEXPENSES", "Exempt Expenses (system)", "EXEMPTINPUT", 0, Side::Purchases),
    ("NONE", "No VAT", "NONE", 0, Side::Any),
    ("ECZROUTPUT", "Zero Rated EC Goods Income", "ECOUTPUT", 0, Side::SalesOnly),
    ("ECZROUTPUTSERVICES", "Zero Rated EC Services", "ECOUTPUTSERVICES", 0, Side::SalesOnly),
    ("ECZRINPUT", "Zero Rated EC Expenses", "ECINPUT", 0, Side::Purchases),
    ("REVERSECHARGES", "Reverse Charge Expenses (20%)", "REVERSECHARGES", 0, Side::Purchases),
    ("CAPEXOUTPUT2", "20% (VAT on Capital Sales)", "CAPITALSALESOUTPUT", 2000, Side::Sales),
    (
        "CAPEXINPUT2",
        "20% (VAT on Capital Purchases)",
        "CAPITALEXPENSESINPUT",
        2000,
        Side::Purchases,
    ),
    ("GSTONIMPORTS", "VAT on Imports", "GSTONIMPORTS", 0, Side::ImportsOnly),
    ("INPUT", "15% (VAT on Expenses)", INPUT, 1500, Side::Purchases),
];

pub(crate) const AU: &[Row] = &[
    ("OUTPUT", "GST on Income", OUTPUT, 1000, Side::Sales),
    ("INPUT", "GST on Expenses", INPUT, 1000, Side::Purchases),
    ("EXEMPTOUTPUT", "GST Free Income", "EXEMPTOUTPUT", 0, Side::SalesOnly),
    ("EXEMPTEXPORT", "GST Free Exports", "EXEMPTEXPORT", 0, Side::SalesOnly),
    ("EXEMPTEXPENSES", "GST Free Expenses", "EXEMPTEXPENSES", 0, Side::Purchases),
    ("INPUTTAXED", "Input Taxed", "INPUTTAXED", 0, Side::SalesOnly),
    ("CAPEXINPUT", "GST on Capital", "CAPEXINPUT", 1000, Side::Purchases),
    ("BASEXCLUDED", "BAS Excluded", "BASEXCLUDED", 0, Side::Any),
    ("GSTONIMPORTS", "GST on Imports", "GSTONIMPORTS", 0, Side::ImportsOnly),
];

pub(crate) const NZ: &[Row] = &[
    ("OUTPUT2", "15% GST on Income", OUTPUT, 1500, Side::Sales),
    ("INPUT2", "15% GST on Expenses", INPUT, 1500, Side::Purchases),
    ("ZERORATED", "Zero Rated", "ZERORATED", 0, Side::Any),
    ("NONE", "No GST", "NONE", 0, Side::Any),
    ("GSTONIMPORTS", "GST on Imports", "GSTONIMPORTS", 0, Side::ImportsOnly),
];

pub(crate) const US: &[Row] = &[
    ("OUTPUT", "Tax on Sales", OUTPUT, 0, Side::Sales),
    ("INPUT", "Tax on Purchases", INPUT, 0, Side::Purchases),
    ("NONE", "Tax Exempt", "NONE", 0, Side::Any),
    ("GSTONIMPORTS", "Sales Tax on Imports", "GSTONIMPORTS", 0, Side::ImportsOnly),
    ("TAX001", "California Sales Tax", OUTPUT, 725, Side::Sales),
];

pub(crate) const GERMANY: &[Row] = &[
    ("OUTPUT", "Tax on Sales", OUTPUT, 0, Side::Sales),
    ("INPUT", "Tax on Purchases", INPUT, 0, Side::Purchases),
    ("NONE", "Tax Exempt", "NONE", 0, Side::Any),
    ("GSTONIMPORTS", "Tax on Imports", "GSTONIMPORTS", 0, Side::ImportsOnly),
    ("TAX001", "Umsatzsteuer 19%", OUTPUT, 1900, Side::Sales),
    ("TAX002", "Umsatzsteuer 7%", OUTPUT, 700, Side::Sales),
    ("TAX003", "Vorsteuer 19%", INPUT, 1900, Side::Purchases),
    ("TAX004", "Vorsteuer 7%", INPUT, 700, Side::Purchases),
    ("TAX005", "Reverse Charge 19%", INPUT, 0, Side::Purchases),
    ("TAX006", "Innergemeinschaftliche Lieferung 0%", OUTPUT, 0, Side::SalesOnly),
    ("TAX007", "Ausfuhr 0%", OUTPUT, 0, Side::SalesOnly),
];

pub(crate) const CANADA: &[Row] = &[
    ("OUTPUT", "Tax on Sales", OUTPUT, 0, Side::Sales),
    ("INPUT", "Tax on Purchases", INPUT, 0, Side::Purchases),
    ("NONE", "Tax Exempt", "NONE", 0, Side::Any),
    ("GSTONIMPORTS", "Tax on Imports", "GSTONIMPORTS", 0, Side::ImportsOnly),
    ("TAX001", "GST 5% on Sales", OUTPUT, 500, Side::Sales),
    ("TAX002", "GST 5% on Purchases", INPUT, 500, Side::Purchases),
    ("TAX003", "HST (ON) 13% on Sales", OUTPUT, 1300, Side::Sales),
    ("TAX004", "HST (ON) 13% on Purchases", INPUT, 1300, Side::Purchases),
];
