//! A draft as Amazon's JSON.

use super::draft::{Draft, Line, Shown};
use super::market::{DiscountSign, Market};
use super::people::COMPANIES;
use super::proceeds;
use super::recipe::{Defect, Trait};
use crate::amazon::wire;

impl Draft {
    /// The whole order, with every dataset.
    pub fn render(&self) -> wire::Order {
        wire::Order {
            order_id: self.id.clone(),
            order_aliases: vec![self.alias()],
            created_time: self.created.iso(),
            last_updated_time: self.updated.iso(),
            programs: self.programs(),
            associated_orders: self.associated(),
            sales_channel: self.sales_channel(),
            buyer: self.buyer_of(),
            recipient: self.recipient(),
            proceeds: proceeds::of_order(self),
            payment: self.payment(),
            tax: self.order_tax(),
            fulfillment: self.fulfillment(),
            order_items: self.lines.iter().enumerate().map(|line| self.item(line)).collect(),
            packages: self.packages(),
        }
    }

    fn alias(&self) -> wire::Alias {
        let alias_id = match self.fulfilled_by() {
            "MERCHANT" => format!("NW-{:06}", self.number),
            _ => self.id.clone(),
        };
        wire::Alias { alias_id, alias_type: "SELLER_ORDER_ID" }
    }

    fn is_business(&self) -> bool {
        self.traits.has(Trait::Invoiced) || self.traits.has(Trait::BusinessPrice)
    }

    fn programs(&self) -> Vec<&'static str> {
        let mut programs = Vec::new();
        if self.fulfilled_by() == "AMAZON"
            && self.sold_on_amazon()
            && !self.number.is_multiple_of(3)
        {
            programs.push("PRIME");
        }
        if self.is_business() {
            programs.push("AMAZON_BUSINESS");
        }
        if self.traits.has(Trait::InvoiceByAmazon) {
            programs.push("INVOICE_BY_AMAZON");
        }
        programs
    }

    fn associated(&self) -> Vec<wire::AssociatedOrder> {
        let original = self.original.iter();
        original
            .map(|id| wire::AssociatedOrder {
                order_id: id.clone(),
                association_type: "REPLACEMENT_ORIGINAL_ID",
            })
            .collect()
    }

    fn sales_channel(&self) -> wire::SalesChannel {
        let (channel_name, marketplace_name) = if self.sold_on_amazon() {
            ("AMAZON", self.market.marketplace().name())
        } else {
            ("NON_AMAZON", "Non-Amazon".to_owned())
        };
        let marketplace_id = self.marketplace_id();
        wire::SalesChannel { channel_name, marketplace_id, marketplace_name }
    }

    fn buyer_of(&self) -> wire::Buyer {
        let merchant = self.fulfilled_by() == "MERCHANT";
        let company = usize::try_from(self.number % 4).ok().and_then(|index| COMPANIES.get(index));
        wire::Buyer {
            buyer_name: self.buyer,
            buyer_email: merchant
                .then(|| format!("buyer{:06}@marketplace.amazon.example", self.number)),
            buyer_company_name: company.copied().filter(|_| self.is_business()),
            buyer_purchase_order_number: self
                .is_business()
                .then(|| format!("PO-{:05}", self.number)),
        }
    }

    fn recipient(&self) -> wire::Recipient {
        wire::Recipient {
            delivery_address: wire::Address {
                name: self.buyer,
                address_line1: self.place.line,
                city: self.place.city,
                state_or_region: self.place.region,
                postal_code: self.place.postcode,
                country_code: self.place.country,
                address_type: if self.is_business() { "COMMERCIAL" } else { "RESIDENTIAL" },
            },
        }
    }

    fn payment(&self) -> Option<wire::Payment> {
        let total = self.grand_total().filter(|total| total.is_positive())?;
        let invoiced = self.traits.has(Trait::Invoiced);
        let execution = wire::PaymentExecution {
            payment_method: if invoiced { "Invoice" } else { "CreditCard" },
            payment_amount: self.market.amount(total.minor()),
        };
        Some(wire::Payment { payment_executions: vec![execution] })
    }

    fn order_tax(&self) -> Option<wire::OrderTax> {
        let registration = || wire::TaxRegistration {
            entity_type: "BUYER",
            tax_registration_type: "VAT",
            tax_registration_number: format!("{}{:09}", self.place.country, self.number),
        };
        let known = self.traits.has(Trait::Invoiced) && self.shown != Shown::Nothing;
        known.then(|| wire::OrderTax { tax_registrations: vec![registration()] })
    }

    fn fulfillment(&self) -> wire::OrderFulfillment {
        wire::OrderFulfillment {
            fulfillment_status: self.status,
            fulfilled_by: self.fulfilled_by(),
            fulfillment_service_level: if self.number.is_multiple_of(4) {
                "EXPEDITED"
            } else {
                "STANDARD"
            },
            ship_by_window: wire::Window {
                earliest_date_time: self.created.iso(),
                latest_date_time: self.created.after_ms(2 * base::Timestamp::DAY).iso(),
            },
        }
    }

    fn item(&self, (index, line): (usize, &Line)) -> wire::OrderItem {
        let subscribed = self.traits.has(Trait::SubscribeAndSave);
        wire::OrderItem {
            order_item_id: line.item_id.to_string(),
            quantity_ordered: line.ordered,
            programs: if subscribed { vec!["SUBSCRIBE_AND_SAVE"] } else { Vec::new() },
            product: self.product(index, line),
            proceeds: proceeds::of_line(self, index, line),
            expense: self.points(line),
            promotion: self.promotion(line),
            cancellation: cancellation(line),
            fulfillment: self.item_fulfillment(line),
            tax: self.item_tax(),
        }
    }

    fn product(&self, index: usize, line: &Line) -> wire::Product {
        let nameless = self.defect == Some(Defect::MissingSku) && index == 0;
        let business = self.traits.has(Trait::BusinessPrice);
        let price = || wire::Price {
            unit_price: self.market.amount(line.unit),
            price_designation: business.then_some("BUSINESS_PRICE"),
        };
        wire::Product {
            asin: line.product.asin,
            title: line.product.title,
            seller_sku: (!nameless).then_some(line.product.sku),
            condition: wire::Condition { condition_type: "NEW", condition_subtype: "NEW" },
            price: (self.shown != Shown::Nothing).then(price),
        }
    }

    fn points(&self, line: &Line) -> Option<wire::Expense> {
        let points = line.unit * line.units() / 100;
        let granted = self.traits.has(Trait::Points) && self.shown == Shown::All && points > 0;
        granted.then(|| wire::Expense {
            points_cost: wire::PointsCost {
                points_granted: wire::PointsGranted {
                    points_number: points,
                    points_monetary_value: self.market.amount(points),
                },
            },
        })
    }

    fn promotion(&self, line: &Line) -> Option<wire::Promotion> {
        let mut breakdowns = Vec::new();
        if line.promotion > 0 {
            breakdowns.push(wire::PromotionBreakdown { promotion_id: "PAWS-V2-AUTUMN-OFFER" });
        }
        if line.shipping_discount > 0 {
            breakdowns.push(wire::PromotionBreakdown { promotion_id: "CORE-FREE-SHIPPING" });
        }
        let told = self.shown != Shown::Nothing && !breakdowns.is_empty();
        told.then_some(wire::Promotion { breakdowns })
    }

    fn item_fulfillment(&self, line: &Line) -> wire::ItemFulfillment {
        let gift =
            || wire::Packing { gift_option: wire::GiftOption { gift_wrap_level: "PREMIUM" } };
        let ioss = || wire::Shipping {
            international_shipping: wire::InternationalShipping { ioss_number: "IM4420001234" },
        };
        wire::ItemFulfillment {
            quantity_fulfilled: line.fulfilled,
            quantity_unfulfilled: line.unfulfilled,
            packing: (line.gift > 0).then(gift),
            shipping: self.traits.has(Trait::Ioss).then(ioss),
        }
    }

    fn item_tax(&self) -> Option<wire::ItemTax> {
        if self.shown == Shown::Nothing {
            return None;
        }
        let scheme = match (self.traits.has(Trait::Ioss), self.traits.has(Trait::Uoss)) {
            (true, _) => Some("IOSS"),
            (false, true) => Some("UOSS"),
            (false, false) => None,
        };
        let low_value = self.traits.has(Trait::LowValueGoods);
        let party = self
            .market
            .facilitator()
            .or(scheme.map(|_| "Amazon Services Europe S.a.r.L."))
            .or(low_value.then_some("Amazon Commercial Services Pty Ltd"))?;
        // Two taxes are collected where a province has its own beside the federal one.
        let taxes = match (self.market, self.place.region) {
            (Market::Ca, "BC" | "QC") => 2,
            _ => 1,
        };
        let collection =
            || wire::TaxCollection { model: "MARKETPLACE_FACILITATOR", responsible_party: party };
        Some(wire::ItemTax {
            tax_calculation_breakdowns: scheme
                .map(|reporting_scheme| wire::TaxCalculation { reporting_scheme })
                .into_iter()
                .collect(),
            tax_collections: (0..taxes).map(|_| collection()).collect(),
        })
    }

    fn packages(&self) -> Vec<wire::Package> {
        let items: Vec<wire::PackageItem> = self
            .lines
            .iter()
            .filter(|line| line.fulfilled > 0)
            .map(|line| wire::PackageItem {
                order_item_id: line.item_id.to_string(),
                quantity: line.fulfilled,
            })
            .collect();
        if self.fulfilled_by() != "MERCHANT" || items.is_empty() {
            return Vec::new();
        }
        vec![wire::Package {
            package_reference_id: "1".to_owned(),
            created_time: self.updated.iso(),
            package_status: wire::PackageStatus { status: "SHIPPED" },
            carrier: "DHL",
            ship_time: self.updated.iso(),
            package_items: items,
        }]
    }

    /// A discount as this marketplace signs it.
    pub(crate) fn signed_discount(&self, amount: i64) -> i64 {
        match self.market.discount_sign() {
            DiscountSign::Positive => amount,
            DiscountSign::Negative => -amount,
        }
    }
}

fn cancellation(line: &Line) -> Option<wire::Cancellation> {
    let cancelled_by = line.cancelled_by?;
    let request =
        wire::CancellationRequest { requester: "BUYER", cancel_reason: "No longer needed" };
    Some(wire::Cancellation {
        cancellation_request: (cancelled_by == "BUYER").then_some(request),
        cancellation_execution: wire::CancellationExecution { cancelled_by },
    })
}
