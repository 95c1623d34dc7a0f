"""Device → Scan: each way in which a reader's text reaches the product."""
