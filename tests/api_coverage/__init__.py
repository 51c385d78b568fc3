"""How much of the documented API the server offers: `make api-coverage`."""
