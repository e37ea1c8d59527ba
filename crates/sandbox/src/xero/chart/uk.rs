//! The default chart of a UK organisation. Xero's own listing is not public; this is the chart
//! that new UK organisations show.

use super::Row;

const INCOME: &[Row] = &[
    ("200", "Sales", "REVENUE", "OUTPUT2", ""),
    ("260", "Other Revenue", "REVENUE", "OUTPUT2", ""),
    ("270", "Interest Income", "REVENUE", "NONE", ""),
];

const COSTS: &[Row] = &[
    ("310", "Cost of Goods Sold", "DIRECTCOSTS", "INPUT2", ""),
    ("320", "Direct Wages", "DIRECTCOSTS", "NONE", ""),
    ("325", "Direct Expenses", "DIRECTCOSTS", "INPUT2", ""),
    ("400", "Advertising & Marketing", "OVERHEADS", "INPUT2", ""),
    ("401", "Audit & Accountancy fees", "OVERHEADS", "INPUT2", ""),
    ("404", "Bank Fees", "OVERHEADS", "NONE", ""),
    ("408", "Cleaning", "OVERHEADS", "INPUT2", ""),
    ("412", "Consulting", "OVERHEADS", "INPUT2", ""),
    ("416", "Depreciation Expense", "OVERHEADS", "NONE", ""),
    ("418", "Charitable and Political Donations", "OVERHEADS", "INPUT2", ""),
    ("420", "Entertainment-100% business", "OVERHEADS", "INPUT2", ""),
    ("424", "Entertainment - 0%", "OVERHEADS", "NONE", ""),
    ("425", "Postage, Freight & Courier", "OVERHEADS", "INPUT2", ""),
    ("429", "General Expenses", "OVERHEADS", "INPUT2", ""),
    ("433", "Insurance", "OVERHEADS", "EXEMPTINPUT", ""),
    ("437", "Interest Paid", "OVERHEADS", "NONE", ""),
    ("441", "Legal Expenses", "OVERHEADS", "INPUT2", ""),
    ("445", "Light, Power, Heating", "OVERHEADS", "RRINPUT", ""),
    ("449", "Motor Vehicle Expenses", "OVERHEADS", "INPUT2", ""),
    ("457", "Operating Lease Payments", "OVERHEADS", "INPUT2", ""),
    ("461", "Printing & Stationery", "OVERHEADS", "INPUT2", ""),
    ("463", "IT Software and Consumables", "OVERHEADS", "INPUT2", ""),
    ("465", "Rates", "OVERHEADS", "NONE", ""),
    ("469", "Rent", "OVERHEADS", "INPUT2", ""),
    ("473", "Repairs & Maintenance", "OVERHEADS", "INPUT2", ""),
    ("477", "Salaries", "OVERHEADS", "NONE", ""),
    ("478", "Directors' Remuneration", "OVERHEADS", "NONE", ""),
    ("479", "Employers National Insurance", "OVERHEADS", "NONE", ""),
    ("480", "Staff Training", "OVERHEADS", "INPUT2", ""),
    ("482", "Pensions Costs", "OVERHEADS", "NONE", ""),
    ("483", "Medical Insurance", "OVERHEADS", "EXEMPTINPUT", ""),
    ("485", "Subscriptions", "OVERHEADS", "INPUT2", ""),
    ("489", "Telephone & Internet", "OVERHEADS", "INPUT2", ""),
    ("493", "Travel - National", "OVERHEADS", "INPUT2", ""),
    ("494", "Travel - International", "OVERHEADS", "ZERORATEDINPUT", ""),
    ("497", "Bank Revaluations", "OVERHEADS", "NONE", "BANKCURRENCYGAIN"),
    ("498", "Unrealised Currency Gains", "OVERHEADS", "NONE", "UNREALISEDCURRENCYGAIN"),
    ("499", "Realised Currency Gains", "OVERHEADS", "NONE", "REALISEDCURRENCYGAIN"),
    ("500", "Corporation Tax", "OVERHEADS", "NONE", ""),
];

const ASSETS: &[Row] = &[
    ("610", "Accounts Receivable", "CURRENT", "NONE", "DEBTORS"),
    ("611", "Less Provision for Doubtful Debts", "CURRENT", "NONE", ""),
    ("620", "Prepayments", "CURRENT", "NONE", ""),
    ("630", "Inventory", "INVENTORY", "NONE", ""),
    ("710", "Office Equipment", "FIXED", "INPUT2", ""),
    ("711", "Less Accumulated Depreciation on Office Equipment", "FIXED", "NONE", ""),
    ("720", "Computer Equipment", "FIXED", "INPUT2", ""),
    ("721", "Less Accumulated Depreciation on Computer Equipment", "FIXED", "NONE", ""),
    ("740", "Buildings", "FIXED", "INPUT2", ""),
    ("741", "Less Accumulated Depreciation on Buildings", "FIXED", "NONE", ""),
    ("750", "Leasehold Improvements", "FIXED", "INPUT2", ""),
    ("751", "Less Accumulated Depreciation on Leasehold Improvements", "FIXED", "NONE", ""),
    ("760", "Motor Vehicles", "FIXED", "INPUT2", ""),
    ("761", "Less Accumulated Depreciation on Motor Vehicles", "FIXED", "NONE", ""),
    ("764", "Plant and Machinery", "FIXED", "INPUT2", ""),
    ("765", "Less Accumulated Depreciation on Plant and Machinery", "FIXED", "NONE", ""),
    ("770", "Intangibles", "FIXED", "INPUT2", ""),
    ("771", "Less Accumulated Amortisation on Intangibles", "FIXED", "NONE", ""),
];

const LIABILITIES: &[Row] = &[
    ("800", "Accounts Payable", "CURRLIAB", "NONE", "CREDITORS"),
    ("801", "Unpaid Expense Claims", "CURRLIAB", "NONE", "UNPAIDEXPCLM"),
    ("805", "Accruals", "CURRLIAB", "NONE", ""),
    ("810", "Income in Advance", "CURRLIAB", "NONE", ""),
    ("811", "Credit Card Control Account", "CURRLIAB", "NONE", ""),
    ("814", "Wages Payable - Payroll", "CURRLIAB", "NONE", "WAGEPAYABLES"),
    ("820", "VAT", "CURRLIAB", "NONE", "GST"),
    ("825", "PAYE Payable", "CURRLIAB", "NONE", ""),
    ("826", "NIC Payable", "CURRLIAB", "NONE", ""),
    ("830", "Provision for Corporation Tax", "CURRLIAB", "NONE", ""),
    ("835", "Directors' Loan Account", "CURRLIAB", "NONE", ""),
    ("840", "Historical Adjustment", "CURRLIAB", "NONE", "HISTORICAL"),
    ("850", "Suspense", "CURRLIAB", "NONE", ""),
    ("858", "Pensions Payable", "CURRLIAB", "NONE", ""),
    ("860", "Rounding", "CURRLIAB", "NONE", "ROUNDING"),
    ("868", "Earnings Orders Payable", "CURRLIAB", "NONE", ""),
    ("877", "Tracking Transfers", "CURRLIAB", "NONE", "TRACKINGTRANSFERS"),
    ("900", "Loan", "TERMLIAB", "NONE", ""),
    ("910", "Hire Purchase Loan", "TERMLIAB", "NONE", ""),
    ("920", "Deferred Tax", "TERMLIAB", "NONE", ""),
];

const EQUITY: &[Row] = &[
    ("950", "Capital - x,xxx Ordinary Shares", "EQUITY", "NONE", ""),
    ("960", "Retained Earnings", "EQUITY", "NONE", "RETAINEDEARNINGS"),
    ("970", "Owner A Funds Introduced", "EQUITY", "NONE", ""),
    ("980", "Owner A Drawings", "EQUITY", "NONE", ""),
];

pub(super) const ALL: &[&[Row]] = &[INCOME, COSTS, ASSETS, LIABILITIES, EQUITY];
