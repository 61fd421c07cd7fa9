select airline, avg(delay) as mean_delay, count(*) as flights from {{ ref('staged') }} group by airline
