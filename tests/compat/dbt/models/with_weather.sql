with w as (select station, wind from {{ source('weather','stations') }})
select f.id, f.delay, w.wind from {{ ref('staged') }} f left join w on w.station = f.airline
