-- Finding the lanes that are due reads this and not what they remember, which is a hundred times as
-- much: a node with a thousand books looks many times a second.
DROP INDEX lanes_due;
CREATE INDEX lanes_due ON lanes (due, nudged, lease_until, node, name, fence);
