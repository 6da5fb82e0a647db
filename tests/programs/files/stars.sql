create table stars (name text, distance real);
insert into stars values ('Sirius', 8.6), ('Vega', 25.0), ('Proxima Centauri', 4.2), ('Altair', 16.7);
select name, distance from stars where distance < 20 order by distance;
