select id, carrier as airline, delay_minutes as delay from {{ ref('raw_flights') }} where delay_minutes >= 0
