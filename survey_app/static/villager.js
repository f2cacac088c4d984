document.addEventListener("DOMContentLoaded",function(){
var f=document.getElementById("phieu"),s=document.getElementById("gui"),t=-9e3;
function each(n,g){f.querySelectorAll('[name="'+n+'"]').forEach(g)}
new URLSearchParams(history.state||"").forEach(function(v,n){each(n,function(i){
if(/x|io$/.test(i.type))i.checked|=i.value==v;else i.value=v})});
function look(){f.querySelectorAll("[data-if]").forEach(function(c){
c.hidden=1;each(c.dataset.if,function(i){if(i.checked&&c.dataset.in.split(" ").indexOf(i.value)>=0)c.hidden=0})});
history.replaceState(""+new URLSearchParams(new FormData(f)),"","?lang="+document.documentElement.lang)}
f.addEventListener("change",look);look();
f.addEventListener("submit",function(e){if(e.timeStamp-t<1e3)return e.preventDefault();t=e.timeStamp;s.hidden=0;look()});
window.addEventListener("pageshow",function(){s.hidden=1})
});
